# EKS Auto Mode: AWS starts, patches and removes nodes of its own beside the system group, and runs the volumes and
# load balancers of pods there. Roles for that are made when it is first on, and stay when it is switched off.
#
# Nodes of EKS's own pools and those of one's own have a role each. EKS enters the first into the cluster itself, where it
# is given with the pools, and the second never (EKS user guide, create-node-class): two roles, so that no entry is made
# twice and pools can be switched on and off.

locals {
  auto_cluster_policies = toset(try(var.auto_mode.enabled, false) ? [
    "AmazonEKSBlockStoragePolicy", "AmazonEKSComputePolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy",
  ] : [])
  auto_node_policies = ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy"]

  auto_pools = local.auto && length(try(var.auto_mode.node_pools, [])) > 0
  # Without EKS's pools there can only be pools of one's own.
  auto_own_pools = local.auto && try(coalesce(var.auto_mode.own_pools, length(var.auto_mode.node_pools) == 0), false)
}

resource "aws_iam_role_policy_attachment" "cluster_auto" {
  for_each = local.auto_cluster_policies

  role       = aws_iam_role.cluster.name
  policy_arn = "${local.managed_policy}/${each.key}"

  lifecycle {
    create_before_destroy = true # EKS ends nodes and load balancers with them: taken away when it has done that
  }
}

resource "aws_iam_role" "auto" {
  count = local.auto_pools ? 1 : 0

  name_prefix          = "${var.name}-auto-"
  description          = "Nodes that EKS Auto Mode starts for the cluster ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.node_trust.json
  permissions_boundary = var.permissions_boundary

  lifecycle {
    create_before_destroy = true # as its policies
  }
}

resource "aws_iam_role_policy_attachment" "auto" {
  for_each = toset(local.auto_pools ? local.auto_node_policies : [])

  role       = aws_iam_role.auto[0].name
  policy_arn = "${local.managed_policy}/${each.key}"

  lifecycle {
    create_before_destroy = true # nodes that are about to go still need it
  }
}

resource "aws_iam_role" "auto_own" {
  count = local.auto_own_pools ? 1 : 0

  name_prefix          = "${var.name}-auto-own-"
  description          = "Nodes of node pools of the caller's in EKS Auto Mode, in the cluster ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.node_trust.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy_attachment" "auto_own" {
  for_each = toset(local.auto_own_pools ? local.auto_node_policies : [])

  role       = aws_iam_role.auto_own[0].name
  policy_arn = "${local.managed_policy}/${each.key}"
}

resource "aws_eks_access_entry" "auto_own" {
  count = local.auto_own_pools ? 1 : 0

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_iam_role.auto_own[0].arn
  type          = "EC2"
}

resource "aws_eks_access_policy_association" "auto_own" {
  count = local.auto_own_pools ? 1 : 0

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.auto_own[0].principal_arn
  policy_arn    = "arn:${local.partition}:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy"

  access_scope {
    type = "cluster"
  }
}
