# The AWS Load Balancer Controller, alone: its webhook for Services would refuse those of every chart beside it. Nothing that it waits for is in a
# namespace of ours, so that these wait for it, and go before it.

locals {
  load_balancer_controller = {
    clusterName  = var.cluster.name
    region       = var.cluster.region
    vpcId        = var.cluster.vpc_id # never from the instance: pods do not reach its metadata
    replicaCount = 2

    podDisruptionBudget = local.one_at_a_time
    resources           = { requests = { cpu = "100m", memory = "200Mi" }, limits = { memory = "500Mi" } }

    # A Service gets a load balancer when it asks for one. With the webhook, no Service is made while the controller is down.
    enableServiceMutatorWebhook = false

    enableEndpointSlices = true
    defaultTargetType    = "ip"

    serviceMonitor = { enabled = local.monitors }
  }
}

resource "helm_release" "load_balancer_controller" {
  count = local.enabled["aws-load-balancer-controller"] ? 1 : 0

  name             = local.charts["aws-load-balancer-controller"].release
  namespace        = local.charts["aws-load-balancer-controller"].namespace
  repository       = local.repositories["aws-load-balancer-controller"]
  chart            = "aws-load-balancer-controller"
  version          = local.versions["aws-load-balancer-controller"]
  create_namespace = false
  skip_crds        = true # they are load-balancer-crds'
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 600
  values           = local.values["aws-load-balancer-controller"]

  depends_on = [
    data.kubernetes_server_version.this,
    kubernetes_secret_v1.sentinel,
    kubernetes_priority_class_v1.critical,
    kubernetes_priority_class_v1.standard,
    helm_release.load_balancer_crds,
    helm_release.karpenter_crd,
    helm_release.prometheus_operator_crds,
  ]
}
