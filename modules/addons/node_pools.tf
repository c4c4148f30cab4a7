locals {
  # Karpenter sets these itself, and the API refuses them.
  node_class_tags = {
    for key, value in var.node_class.tags : key => value
    if !startswith(key, "kubernetes.io/cluster") && !contains(["eks:eks-cluster-name", "karpenter.k8s.aws/ec2nodeclass", "karpenter.sh/nodeclaim", "karpenter.sh/nodepool"], key)
  }

  node_pools = {
    for name, pool in var.node_pools : name => {
      for key, value in {
        weight                 = pool.weight
        nodeClass              = pool.node_class
        capacityTypes          = pool.capacity_types
        architectures          = pool.architectures
        categories             = pool.categories
        generationAbove        = pool.generation_above
        families               = pool.families
        cpusFrom               = pool.cpus_from
        limits                 = pool.limits
        labels                 = pool.labels
        taints                 = [for taint in pool.taints : { for key, value in taint : key => value if value != null }]
        startupTaints          = [for taint in pool.startup_taints : { for key, value in taint : key => value if value != null }]
        expireAfter            = pool.expire_after
        terminationGracePeriod = pool.termination_grace_period
        disruption = {
          consolidateAfter    = pool.disruption.consolidate_after
          consolidationPolicy = pool.disruption.consolidation_policy
          budgets             = [for budget in pool.disruption.budgets : { for key, value in budget : key => value if value != null }]
        }
      } : key => value if value != null
    }
  }

  node_class_variants = {
    for name, variant in var.node_class.variants : name => {
      for key, value in {
        volume = variant.volume == null ? null : {
          for key, value in { sizeGib = variant.volume.size_gib, iops = variant.volume.iops, throughput = variant.volume.throughput } : key => value if value != null
        }
        capacityReservations = [
          for reservation in variant.capacity_reservations : {
            for key, value in {
              id                    = reservation.id
              tags                  = reservation.tags
              ownerID               = reservation.owner_id
              instanceMatchCriteria = reservation.instance_match_criteria
            } : key => value if value != null
          }
        ]
      } : key => value if value != null
    }
  }

  # How long the slowest pool may drain, in seconds.
  slowest_drain = max(0, [
    for pool in values(var.node_pools) : sum([
      for part in regexall("([0-9]+)([smh])", pool.termination_grace_period) : part[0] * { s = 1, m = 60, h = 3600 }[part[1]]
    ])
  ]...)

  node_pools_chart = "${path.module}/charts/node-pools"
}

# After Karpenter, and gone before it: deleting a NodePool drains its nodes, and only a Karpenter that runs takes the finalizers away.
resource "helm_release" "node_pools" {
  count = local.enabled["karpenter"] && length(var.node_pools) > 0 ? 1 : 0

  name      = "node-pools"
  namespace = "kube-system"
  chart     = local.node_pools_chart

  # Until every node is drained and every instance ended; Helm takes the time of a destroy from the state.
  wait         = true
  timeout      = max(1800, local.slowest_drain + 600)
  atomic       = true
  reset_values = true
  max_history  = 5

  values = [yamlencode({
    cluster = var.cluster.name

    # Of a chart on disk, Helm's provider compares the version alone.
    checksum = sha256(join("", [for file in sort(fileset(local.node_pools_chart, "**")) : filesha256("${local.node_pools_chart}/${file}")]))

    nodeClass = {
      role            = var.node_class.role == null ? "" : var.node_class.role
      instanceProfile = var.node_class.instance_profile == null ? "" : var.node_class.instance_profile
      ami             = var.node_class.ami
      kmsKeyId        = var.node_class.kms_key_arn == null ? "" : var.node_class.kms_key_arn
      volume          = { for key, value in { sizeGib = var.node_class.volume.size_gib, iops = var.node_class.volume.iops, throughput = var.node_class.volume.throughput } : key => value if value != null }
      tags            = local.node_class_tags
    }
    nodeClasses = local.node_class_variants
    nodePools   = local.node_pools
  })]

  depends_on = [helm_release.karpenter]
}
