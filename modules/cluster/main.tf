data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region     = data.aws_region.current.id
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id

  # Written out because policies need it before the cluster is there.
  cluster_arn    = "arn:${local.partition}:eks:${local.region}:${local.account_id}:cluster/${var.name}"
  log_group      = "/aws/eks/${var.name}/cluster"
  log_group_arn  = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:${local.log_group}"
  managed_policy = "arn:${local.partition}:iam::aws:policy"

  # Those whose roles and order this module knows.
  known_addons = [
    "amazon-cloudwatch-observability", "aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-fsx-csi-driver",
    "aws-mountpoint-s3-csi-driver", "cert-manager", "coredns", "eks-node-monitoring-agent", "eks-pod-identity-agent", "external-dns",
    "kube-proxy", "metrics-server", "snapshot-controller", "vpc-cni",
  ]

  ipv6 = var.ip_family == "ipv6"

  # Roles of Auto Mode stay when it is switched off: nodes that are about to go still have theirs, and the cluster names one.
  auto = var.auto_mode != null

  # EKS runs no control plane in these zones; nodes may stand there.
  zones_without_control_plane = ["cac1-az3", "use1-az3", "usw1-az2"]
  control_plane_subnets       = { for zone, subnet in var.control_plane_subnet_ids : zone => subnet if !contains(local.zones_without_control_plane, zone) }
}
