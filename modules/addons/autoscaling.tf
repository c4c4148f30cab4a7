locals {
  metrics_server = {
    replicas            = 2
    podDisruptionBudget = { enabled = true, minAvailable = 1 }
    resources           = { requests = { cpu = "100m", memory = "200Mi" }, limits = { memory = "500Mi" } }

    affinity = { podAntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution = [{
      weight = 100
      podAffinityTerm = {
        topologyKey   = "kubernetes.io/hostname"
        labelSelector = { matchLabels = { "app.kubernetes.io/name" = "metrics-server" } }
      }
    }] } }

    metrics        = { enabled = local.monitors }
    serviceMonitor = { enabled = local.monitors }
  }

  keda = {
    clusterName = var.cluster.name

    # Without it, a removed release takes every ScaledObject along, and hangs on their finalizers.
    crds = { additionalAnnotations = { "helm.sh/resource-policy" = "keep" } }

    image             = { pullPolicy = "IfNotPresent" } # the tags are versions, and a registry may be down
    priorityClassName = local.priorities.critical

    operator      = { replicaCount = 2 }
    metricsServer = { replicaCount = 2 }
    webhooks      = { replicaCount = 2 }

    podDisruptionBudget = { operator = local.one_at_a_time, metricServer = local.one_at_a_time, webhooks = local.one_at_a_time }

    prometheus = {
      for part in ["operator", "metricServer", "webhooks"] : part => {
        enabled        = local.monitors
        serviceMonitor = { enabled = local.monitors }
      }
    }
  }
}

resource "helm_release" "metrics_server" {
  count = local.enabled["metrics-server"] ? 1 : 0

  name             = local.charts["metrics-server"].release
  namespace        = local.charts["metrics-server"].namespace
  repository       = local.repositories["metrics-server"]
  chart            = "metrics-server"
  version          = local.versions["metrics-server"]
  create_namespace = false
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 600
  values           = local.values["metrics-server"]

  depends_on = [data.kubernetes_server_version.this, helm_release.load_balancer_controller]
}

resource "helm_release" "keda" {
  count = local.enabled["keda"] ? 1 : 0

  name             = local.charts["keda"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["keda"].namespace].metadata[0].name
  repository       = local.repositories["keda"]
  chart            = "keda"
  version          = local.versions["keda"]
  create_namespace = false
  atomic           = false # its custom resources are templates, and would go with a failed install
  reset_values     = true
  max_history      = 5
  timeout          = 600
  values           = local.values["keda"]

  depends_on = [data.kubernetes_server_version.this, helm_release.node_pools]
}
