# GPU nodes of a cluster that exists, in the subnets that carry its discovery tag.

data "aws_eks_cluster" "this" {
  name = var.cluster_name
}

data "aws_subnets" "private" {
  filter {
    name   = "tag:karpenter.sh/discovery"
    values = [var.cluster_name]
  }
}

data "aws_subnet" "private" {
  for_each = toset(data.aws_subnets.private.ids)

  id = each.key
}

module "gpu" {
  source = "../.."

  name               = "gpu"
  cluster_name       = data.aws_eks_cluster.this.name
  kubernetes_version = data.aws_eks_cluster.this.version
  subnet_ids         = { for subnet in data.aws_subnet.private : subnet.availability_zone_id => subnet.id }
  security_group_ids = { cluster = data.aws_eks_cluster.this.vpc_config[0].cluster_security_group_id }

  instance_types = ["g6.xlarge", "g5.xlarge"]
  accelerator    = "nvidia"
  size           = { min = 1, max = 2 }
  disk           = { gib = 200, throughput = 500 }

  labels = { "nvidia.com/gpu.present" = "true" }
  taints = { "nvidia.com/gpu" = { value = "true", effect = "NO_SCHEDULE" } }
}
