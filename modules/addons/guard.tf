# What the helm provider does not do: fail. A read that it cannot make it takes for "gone", and forgets the release.

# Read while planning, before any release: a cluster that does not answer, or refuses, ends the plan.
data "kubernetes_server_version" "this" {}

# Made before every release and removed after the last: a cluster that cannot be reached any more ends the run in an error. A
# Secret, though it holds none: Helm's records are Secrets, and who may read config maps and not these would be told that
# every release is gone.
resource "kubernetes_secret_v1" "sentinel" {
  metadata {
    name      = "platform-addons"
    namespace = "kube-system"
    labels    = { "app.kubernetes.io/managed-by" = "terraform" }
  }

  data = { cluster = var.cluster.name }

  depends_on = [data.kubernetes_server_version.this]
}

# Read after every release: where the cluster stopped answering in between, this read fails, and no state is written
# without the releases. It has what should be there, for whoever compares it with what is.
resource "kubernetes_config_map_v1" "releases" {
  metadata {
    name      = "platform-addons-releases"
    namespace = "kube-system"
    labels    = { "app.kubernetes.io/managed-by" = "terraform" }
  }

  data = { for name, release in local.releases : name => "${release.namespace} ${release.version}" }

  depends_on = [
    helm_release.argo_cd,
    helm_release.argo_rollouts,
    helm_release.argo_workflows,
    helm_release.cert_manager,
    helm_release.external_dns,
    helm_release.external_secrets,
    helm_release.gpu_operator,
    helm_release.ingress,
    helm_release.istio_base,
    helm_release.istio_gateway,
    helm_release.istiod,
    helm_release.karpenter,
    helm_release.karpenter_crd,
    helm_release.keda,
    helm_release.load_balancer_controller,
    helm_release.load_balancer_crds,
    helm_release.logs,
    helm_release.mesh,
    helm_release.metrics_server,
    helm_release.node_pools,
    helm_release.prometheus,
    helm_release.prometheus_operator_crds,
  ]
}

# A chart outside its range may work, and an upgrade of the cluster must not wait for it: a warning.
check "kubernetes_versions" {
  assert {
    condition     = length(local.out_of_range) == 0
    error_message = "Kubernetes ${var.cluster.version} is outside of what these charts declare: ${join("; ", local.out_of_range)}. Choose another `version` in `addons`, or switch them off."
  }
}

locals {
  minor = tonumber(split(".", var.cluster.version)[1])

  out_of_range = [
    for name, chart in local.charts : "${name} ${local.versions[name]} (${coalesce(chart.kubernetes.min, "any")} to ${coalesce(chart.kubernetes.max, "any")})"
    if local.enabled[chart.addon] && local.versions[name] == chart.version && (
      local.minor < tonumber(split(".", coalesce(chart.kubernetes.min, "1.0"))[1]) || local.minor > tonumber(split(".", coalesce(chart.kubernetes.max, "1.999"))[1])
    )
  ]
}
