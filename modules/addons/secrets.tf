locals {
  external_secrets = {
    # Without it, a removed release takes every ExternalSecret along, and the secrets that those own.
    crds = { annotations = { "helm.sh/resource-policy" = "keep" } }

    replicaCount        = 2
    leaderElect         = true
    podDisruptionBudget = { enabled = true, minAvailable = 1 }
    livenessProbe       = { enabled = true }
    priorityClassName   = local.priorities.critical
    resources           = { requests = { cpu = "50m", memory = "128Mi" }, limits = { memory = "512Mi" } }

    # Nothing here pushes secrets or fills namespaces by a pattern, and both put finalizers where nobody looks.
    processClusterExternalSecret = false
    processClusterPushSecret     = false
    processPushSecret            = false

    webhook = {
      replicaCount        = 2
      podDisruptionBudget = { enabled = true, minAvailable = 1 }
      priorityClassName   = local.priorities.critical
      resources           = { requests = { cpu = "20m", memory = "64Mi" }, limits = { memory = "256Mi" } }
    }

    certController = {
      priorityClassName = local.priorities.critical
      resources         = { requests = { cpu = "20m", memory = "64Mi" }, limits = { memory = "256Mi" } }
    }

    serviceMonitor = { enabled = local.monitors, renderMode = "alwaysRender" } # the default leaves it out without a word
  }
}

resource "helm_release" "external_secrets" {
  count = local.enabled["external-secrets"] ? 1 : 0

  name             = local.charts["external-secrets"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["external-secrets"].namespace].metadata[0].name
  repository       = local.repositories["external-secrets"]
  chart            = "external-secrets"
  version          = local.versions["external-secrets"]
  create_namespace = false
  atomic           = false # its custom resources are templates, and would go with a failed install
  reset_values     = true
  max_history      = 5
  timeout          = 600
  values           = local.values["external-secrets"]

  depends_on = [data.kubernetes_server_version.this, helm_release.node_pools]
}
