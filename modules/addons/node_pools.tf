# replaced

resource "helm_release" "node_pools" {
  count = 0

  name      = "node-pools"
  namespace = "kube-system"
  chart     = "${path.module}/charts/node-pools"

  depends_on = [helm_release.karpenter]
}
