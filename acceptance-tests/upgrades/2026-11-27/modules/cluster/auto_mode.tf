# EKS Auto Mode: AWS starts, patches and removes nodes of its own beside the system group, and runs the volumes and
# load balancers of pods there. Roles for that are made only when it is on.

locals {
  auto_cluster_policies = toset(local.auto ? [
    "AmazonEKSBlockStoragePolicy", "AmazonEKSComputePolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy",
  ] : [])
  auto_node_policies = toset(local.auto ? ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy"] : [])
}

resource "aws_iam_role_policy_attachment" "cluster_auto" {
  for_each = local.auto_cluster_policies

  role       = aws_iam_role.cluster.name
  policy_arn = "${local.managed_policy}/${each.key}"
}

resource "aws_iam_role" "auto" {
  count = local.auto ? 1 : 0

  name_prefix          = "${var.name}-auto-"
  description          = "Nodes that EKS Auto Mode starts for the cluster ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.node_trust.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy_attachment" "auto" {
  for_each = local.auto_node_policies

  role       = aws_iam_role.auto[0].name
  policy_arn = "${local.managed_policy}/${each.key}"
}
