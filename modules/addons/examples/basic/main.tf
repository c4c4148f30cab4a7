# The add-ons of a cluster, with nodes for workloads and for what the vendor calls critical. The providers take the
# cluster from `KUBE_CONFIG_PATH`.

module "addons" {
  source = "../.."

  cluster = var.cluster
  mirror  = var.mirror

  # From the modules karpenter and addon-identities where these are of the same root.
  aws_values = { karpenter = { settings = { interruptionQueue = "${var.cluster.name}-karpenter" } } }
  node_class = { role = "${var.cluster.name}-karpenter-nodes" }

  node_pools = {
    default = {
      capacity_types   = ["spot", "on-demand"]
      categories       = ["c", "m", "r"]
      generation_above = 4
      limits           = { cpu = "1000" }
    }
    critical = {
      capacity_types   = ["on-demand"]
      categories       = ["m"]
      generation_above = 4
      limits           = { cpu = "100" }
      labels           = { "class.truefoundry.com/component" = "critical" }
      taints           = [{ key = "class.truefoundry.com/component", value = "critical", effect = "NoSchedule" }]
    }
  }

  addons = {
    external-dns = { enabled = true, values = yamlencode({ domainFilters = ["example.com"] }) }
    keda         = { values = yamlencode({ operator = { replicaCount = 3 } }) }
  }
}
