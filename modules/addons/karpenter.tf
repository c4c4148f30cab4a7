# After what its pods and its pools' nodes may need, on nodes that are not its own.

locals {
  karpenter = {
    replicas = 2

    settings = { clusterName = var.cluster.name }

    controller = {
      env       = [{ name = "AWS_REGION", value = var.cluster.region }] # not from the instance's metadata
      resources = { requests = { cpu = "500m", memory = "1Gi" }, limits = { memory = "1Gi" } }
    }

    serviceMonitor = { enabled = local.monitors }
  }
}

resource "helm_release" "karpenter" {
  count = local.enabled["karpenter"] ? 1 : 0

  name             = local.charts["karpenter"].release
  namespace        = local.charts["karpenter"].namespace
  repository       = local.repositories["karpenter"]
  chart            = "karpenter"
  version          = local.versions["karpenter"]
  create_namespace = false
  skip_crds        = true # they are karpenter-crd's
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 600
  values           = local.values["karpenter"]

  depends_on = [
    data.kubernetes_server_version.this,
    helm_release.karpenter_crd,
    helm_release.cert_manager,
    helm_release.metrics_server,
  ]
}
