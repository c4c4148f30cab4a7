locals {
  cert_manager = {
    crds = { enabled = true, keep = true }

    global = {
      priorityClassName = local.priorities.critical
      leaderElection    = { namespace = "cert-manager" } # no rights in kube-system
    }

    resources = { requests = { cpu = "20m", memory = "96Mi" }, limits = { memory = "256Mi" } }

    webhook = {
      replicaCount        = 2
      podDisruptionBudget = { enabled = true, minAvailable = 1 }
      resources           = { requests = { cpu = "20m", memory = "64Mi" }, limits = { memory = "128Mi" } }
    }

    cainjector      = { resources = { requests = { cpu = "20m", memory = "128Mi" }, limits = { memory = "512Mi" } } }
    startupapicheck = { resources = { requests = { cpu = "10m", memory = "32Mi" }, limits = { memory = "64Mi" } } }

    prometheus = { servicemonitor = { enabled = local.monitors } }
  }
}

resource "helm_release" "cert_manager" {
  count = local.enabled["cert-manager"] ? 1 : 0

  name             = local.charts["cert-manager"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["cert-manager"].namespace].metadata[0].name
  repository       = local.repositories["cert-manager"]
  chart            = "cert-manager"
  version          = local.versions["cert-manager"]
  create_namespace = false
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 600
  values           = local.values["cert-manager"]

  depends_on = [data.kubernetes_server_version.this, helm_release.load_balancer_controller]
}
