locals {
  gpu_operator = {
    # The images of nodes with GPUs bring both.
    driver  = { enabled = false, upgradePolicy = { autoUpgrade = false } }
    toolkit = { enabled = false }

    # `upgradeCRD` is the chart's own way: a job before each upgrade. `cleanupCRD` would take other users' along.
    operator = { upgradeCRD = true, cleanupCRD = false }

    daemonsets   = { tolerations = [{ operator = "Exists" }] } # whatever taints a pool of GPUs has
    dcgmExporter = { serviceMonitor = { enabled = local.monitors } }

    # Nodes that carry the label `nvidia.com/device-plugin.config` of the vendor's share each GPU among ten pods.
    devicePlugin = { config = {
      create  = true
      name    = "time-slicing-config"
      default = "all"
      data = {
        all            = ""
        time-sliced-10 = yamlencode({ version = "v1", sharing = { timeSlicing = { resources = [{ name = "nvidia.com/gpu", replicas = 10 }] } } })
      }
    } }

    node-feature-discovery = {
      postDeleteCleanup = false # a job after the release is gone, on nodes that may be gone too
      worker            = { tolerations = [{ operator = "Exists" }] }
    }
  }
}

resource "helm_release" "gpu_operator" {
  count = local.enabled["gpu-operator"] ? 1 : 0

  name             = local.charts["gpu-operator"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["gpu-operator"].namespace].metadata[0].name
  repository       = local.repositories["gpu-operator"]
  chart            = "gpu-operator"
  version          = local.versions["gpu-operator"]
  create_namespace = false
  skip_crds        = false # no other chart has them; upgrades are a job of its own
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 900
  values           = local.values["gpu-operator"]

  depends_on = [data.kubernetes_server_version.this, helm_release.prometheus_operator_crds, helm_release.node_pools]
}
