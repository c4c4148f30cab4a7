# The agent dials out to the control plane and is asked for work over that connection: nothing connects to it from outside.

locals {
  pinned  = jsondecode(file("${path.module}/chart.json"))
  version = coalesce(var.chart.version, local.pinned.version)

  # Another cluster has another token, and so has a revision that somebody raises: both make a new number, which is what makes
  # Terraform write the token again. Of the token itself the state knows nothing.
  token_revision = parseint(substr(sha256("${var.cluster_id} ${var.token_revision}"), 0, 12), 16)

  control_plane_host = one(regex("^https?://([^:/]+)", var.control_plane_url))

  # The vendor's convention: nodes of this label, and nobody else's pods on them.
  critical = {
    affinity = {
      nodeAffinity = {
        requiredDuringSchedulingIgnoredDuringExecution = {
          nodeSelectorTerms = [{ matchExpressions = [{ key = "class.truefoundry.com/component", operator = "In", values = ["critical"] }] }]
        }
      }
    }
    tolerations = [{ key = "class.truefoundry.com/component", operator = "Equal", value = "critical", effect = "NoSchedule" }]
  }
  anywhere  = { affinity = {}, tolerations = [] }
  placement = var.critical_nodes ? local.critical : local.anywhere

  # Who reads the token from its environment starts again when it changes.
  revision = { podAnnotations = { "truefoundry.com/token-revision" = tostring(local.token_revision) } }

  own_values = {
    config = {
      controlPlaneURL    = var.control_plane_url
      tenantName         = var.tenant_name
      clusterTokenSecret = kubernetes_secret_v1.token.metadata[0].name
      prometheus         = { endpoint = var.prometheus_url == null ? "" : var.prometheus_url }
    }

    tfyAgent = merge(local.placement, local.revision)
    # The chart's own default is every verb on everything, in the whole cluster.
    tfyAgentProxy = merge(local.placement, local.revision, { clusterRole = { strictMode = !var.cluster_admin } })
    sdsServer     = merge(local.placement, local.revision)

    # The operator is a release of its own, or is not there.
    external-secrets-operator = { enabled = false, clusterSecretStore = { create = var.external_secrets } }
  }

  registry = lookup(var.mirror.registries, local.pinned.image_host, null)
  mirrored = local.registry == null ? {} : {
    for component, image in local.pinned.images : component => { image = { repository = "${local.registry}/${image}" } }
  }
}

# Read while planning, before anything else: helm's provider takes a cluster that does not answer for one without releases.
data "kubernetes_server_version" "this" {}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name = local.pinned.namespace
    labels = {
      "app.kubernetes.io/managed-by" = "terraform"
      # With a sidecar, what redirects the pods' connections has to be let in.
      "pod-security.kubernetes.io/enforce" = var.egress == null ? "baseline" : "privileged"
      "pod-security.kubernetes.io/warn"    = var.egress == null ? "restricted" : "privileged"
      "istio-injection"                    = var.egress == null ? "disabled" : "enabled"
    }
  }

  timeouts {
    delete = "10m"
  }

  depends_on = [data.kubernetes_server_version.this]
}

# The token goes by here and stays nowhere: not in the state, not in a plan.
resource "kubernetes_secret_v1" "token" {
  metadata {
    name      = "tfy-agent-cluster-token"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels = {
      "app.kubernetes.io/managed-by" = "terraform"
      "external-secrets.io/type"     = "webhook" # without it the secret store that the chart makes may not read it
    }
  }

  data_wo          = { CLUSTER_TOKEN = var.cluster_token }
  data_wo_revision = local.token_revision
}

resource "helm_release" "agent" {
  name             = local.pinned.release
  namespace        = kubernetes_namespace_v1.this.metadata[0].name
  repository       = coalesce(var.mirror.charts, local.pinned.repository)
  chart            = local.pinned.chart
  version          = local.version
  create_namespace = false
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 900

  values = [
    for text in [yamlencode(local.own_values), yamlencode(local.mirrored), coalesce(var.chart.values, " ")] : text
    if trimspace(text) != "" && trimspace(text) != "{}"
  ]

  depends_on = [data.kubernetes_server_version.this, kubernetes_secret_v1.token, helm_release.egress]
}
