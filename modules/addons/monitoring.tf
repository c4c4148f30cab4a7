# Metrics and logs. Both keep what they have on volumes: `gp3` is the default storage class.

locals {
  prometheus = {
    crds = { enabled = false } # they are prometheus-operator-crds'

    # EKS shows none of these four, and their rules would alarm for ever.
    kubeControllerManager = { enabled = false }
    kubeEtcd              = { enabled = false }
    kubeProxy             = { enabled = false }
    kubeScheduler         = { enabled = false }
    defaultRules = { rules = {
      etcd                   = false
      kubeControllerManager  = false
      kubeProxy              = false
      kubeSchedulerAlerting  = false
      kubeSchedulerRecording = false
      windows                = false
    } }

    # The platform has its own; switched on, it wants `grafana.admin.existingSecret`.
    grafana = { enabled = false }

    alertmanager = { alertmanagerSpec = {
      priorityClassName = local.priorities.standard
      resources         = { requests = { cpu = "20m", memory = "64Mi" }, limits = { memory = "256Mi" } }
      storage           = { volumeClaimTemplate = { spec = { accessModes = ["ReadWriteOnce"], resources = { requests = { storage = "10Gi" } } } } }
    } }

    prometheusOperator = {
      resources = { requests = { cpu = "50m", memory = "128Mi" }, limits = { memory = "512Mi" } }
      # Rules of every chart would be refused while the operator is down.
      admissionWebhooks = { failurePolicy = "Ignore" }
    }

    prometheus = { prometheusSpec = merge(local.critical, {
      priorityClassName = local.priorities.standard
      resources         = { requests = { cpu = "500m", memory = "2Gi" }, limits = { memory = "8Gi" } }
      retention         = "15d"
      retentionSize     = "40GB" # of the 50 GiB below; the rest is for the write-ahead log
      storageSpec       = { volumeClaimTemplate = { spec = { accessModes = ["ReadWriteOnce"], resources = { requests = { storage = "50Gi" } } } } }

      # Monitors and rules of all charts, not only those with this release's label.
      podMonitorSelectorNilUsesHelmValues     = false
      probeSelectorNilUsesHelmValues          = false
      ruleSelectorNilUsesHelmValues           = false
      scrapeConfigSelectorNilUsesHelmValues   = false
      serviceMonitorSelectorNilUsesHelmValues = false
    }) }

    kube-state-metrics = { resources = { requests = { cpu = "20m", memory = "128Mi" }, limits = { memory = "512Mi" } } }
    prometheus-node-exporter = {
      priorityClassName = "system-node-critical" # it has no other node to go to, and a full one would push it off for ever
      resources         = { requests = { cpu = "20m", memory = "32Mi" }, limits = { memory = "128Mi" } }
    }
  }

  logs = {
    victoria-logs-single = {
      server = merge(local.critical, {
        priorityClassName = local.priorities.standard
        serviceMonitor    = { enabled = local.monitors } # without the custom resources, its release fails
      })
      vector = { tolerations = [{ operator = "Exists" }] } # every node has logs
    }

    windowsVector = { enabled = false }
  }
}

resource "helm_release" "prometheus" {
  count = local.enabled["kube-prometheus-stack"] ? 1 : 0

  name             = local.charts["kube-prometheus-stack"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["kube-prometheus-stack"].namespace].metadata[0].name
  repository       = local.repositories["kube-prometheus-stack"]
  chart            = "kube-prometheus-stack"
  version          = local.versions["kube-prometheus-stack"]
  create_namespace = false
  skip_crds        = true
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 900
  values           = local.values["kube-prometheus-stack"]

  depends_on = [
    data.kubernetes_server_version.this,
    helm_release.prometheus_operator_crds,
    helm_release.node_pools,
    kubernetes_storage_class_v1.gp3,
  ]
}

resource "helm_release" "logs" {
  count = local.enabled["logs"] ? 1 : 0

  name             = local.charts["tfy-logs"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["tfy-logs"].namespace].metadata[0].name
  repository       = local.repositories["tfy-logs"]
  chart            = "tfy-logs"
  version          = local.versions["tfy-logs"]
  create_namespace = false
  wait             = local.has_critical_pool # its store waits for a node of that pool, for ever where there is none
  atomic           = local.has_critical_pool
  reset_values     = true
  max_history      = 5
  timeout          = 900
  values           = local.values["tfy-logs"]

  depends_on = [
    data.kubernetes_server_version.this,
    helm_release.prometheus,
    helm_release.node_pools,
    kubernetes_storage_class_v1.gp3,
  ]
}
