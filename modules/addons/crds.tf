# Charts of custom resources: before everything that uses them, upgraded before it, and kept when they are removed where
# the chart has a way to say so. Not `atomic`: a failed install would take the custom resources with it. Ownership is taken
# of those that an earlier install from a chart's `crds/` has left.

locals {
  karpenter_crd = { additionalAnnotations = { "helm.sh/resource-policy" = "keep" } }

  load_balancer_crds_chart = "${path.module}/charts/load-balancer-crds"

  # Kept by its templates.
  istio_base = { defaultRevision = "default" }

  prometheus_operator_crds = { crds = { annotations = { "helm.sh/resource-policy" = "keep" } } }
}

resource "helm_release" "karpenter_crd" {
  count = local.enabled["karpenter"] ? 1 : 0

  name             = local.charts["karpenter-crd"].release
  namespace        = local.charts["karpenter-crd"].namespace
  repository       = local.repositories["karpenter-crd"]
  chart            = "karpenter-crd"
  version          = local.versions["karpenter-crd"]
  create_namespace = false
  atomic           = false
  take_ownership   = true
  reset_values     = true
  max_history      = 5
  timeout          = 300
  values           = local.values["karpenter-crd"]

  depends_on = [data.kubernetes_server_version.this, kubernetes_secret_v1.sentinel]
}

resource "helm_release" "prometheus_operator_crds" {
  count = local.enabled["kube-prometheus-stack"] ? 1 : 0

  name             = local.charts["prometheus-operator-crds"].release
  namespace        = local.charts["prometheus-operator-crds"].namespace
  repository       = local.repositories["prometheus-operator-crds"]
  chart            = "prometheus-operator-crds"
  version          = local.versions["prometheus-operator-crds"]
  create_namespace = false
  atomic           = false
  take_ownership   = true
  reset_values     = true
  max_history      = 5
  timeout          = 300
  values           = local.values["prometheus-operator-crds"]

  depends_on = [data.kubernetes_server_version.this, kubernetes_secret_v1.sentinel]
}

resource "helm_release" "istio_base" {
  count = local.enabled["istio"] ? 1 : 0

  name             = local.charts["base"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["base"].namespace].metadata[0].name
  repository       = local.repositories["base"]
  chart            = "base"
  version          = local.versions["base"]
  create_namespace = false
  atomic           = false
  reset_values     = true
  max_history      = 5
  timeout          = 300
  values           = local.values["base"]

  depends_on = [data.kubernetes_server_version.this, kubernetes_secret_v1.sentinel]
}

# A chart of ours: the controller's has them in `crds/`, which Helm installs once and never upgrades.
resource "helm_release" "load_balancer_crds" {
  count = local.enabled["aws-load-balancer-controller"] ? 1 : 0

  name             = "load-balancer-crds"
  namespace        = "kube-system"
  chart            = local.load_balancer_crds_chart
  create_namespace = false
  atomic           = false
  take_ownership   = true
  reset_values     = true
  max_history      = 5
  timeout          = 300

  values = [yamlencode({
    # Of a chart on disk, Helm's provider compares the version alone.
    checksum = sha256(join("", [for file in sort(fileset(local.load_balancer_crds_chart, "**")) : filesha256("${local.load_balancer_crds_chart}/${file}")]))
  })]

  depends_on = [data.kubernetes_server_version.this, kubernetes_secret_v1.sentinel]
}
