# Last of the charts and first to go: it looks at what the others make.

locals {
  external_dns = {
    provider          = { name = "aws" }
    env               = [{ name = "AWS_REGION", value = var.cluster.region }] # not from the instance's metadata
    policy            = "sync"                                                # records go with what they point to
    registry          = "txt"
    txtOwnerId        = var.cluster.name # two clusters of one owner would take each other's records away
    sources           = concat(["service", "ingress"], local.enabled["istio"] ? ["istio-gateway"] : [])
    priorityClassName = local.priorities.standard
    resources         = { requests = { cpu = "20m", memory = "64Mi" }, limits = { memory = "256Mi" } }
    serviceMonitor    = { enabled = local.monitors }
  }
}

resource "helm_release" "external_dns" {
  count = local.enabled["external-dns"] ? 1 : 0

  name             = local.charts["external-dns"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["external-dns"].namespace].metadata[0].name
  repository       = local.repositories["external-dns"]
  chart            = "external-dns"
  version          = local.versions["external-dns"]
  create_namespace = false
  skip_crds        = false # no other chart has it
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 600
  values           = local.values["external-dns"]

  # A source whose custom resources are missing ends it.
  depends_on = [data.kubernetes_server_version.this, helm_release.istio_gateway, helm_release.mesh, helm_release.node_pools]
}
