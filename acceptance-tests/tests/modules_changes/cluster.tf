# A cluster with what is outside of its module: a node group, Karpenter, a workload's role.

variable "auto_mode" {
  type    = any
  default = null
}

variable "identity" {
  type    = string
  default = "pod-identity"
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  for_each = { use1-az1 = "10.0.0.0/20", use1-az2 = "10.0.16.0/20" }

  vpc_id               = aws_vpc.this.id
  availability_zone_id = each.key
  cidr_block           = each.value
}

module "cluster" {
  source = "../cluster"

  name                     = "acme-dev"
  kubernetes_version       = "1.33"
  vpc_id                   = aws_vpc.this.id
  subnet_ids               = { for zone, subnet in aws_subnet.this : zone => subnet.id }
  control_plane_subnet_ids = { for zone, subnet in aws_subnet.this : zone => subnet.id }
  system_nodes             = { instance_types = ["m7i.large"], min = 2, max = 3, ami = "al2023" }
  identity                 = var.identity
  auto_mode                = var.auto_mode
}

module "nodes" {
  source = "../node-group"

  name               = "more"
  cluster_name       = module.cluster.name
  kubernetes_version = module.cluster.version
  subnet_ids         = { for zone, subnet in aws_subnet.this : zone => subnet.id }
  security_group_ids = { cluster = module.cluster.security_group_id }
  instance_types     = ["m7i.large"]
  ami                = "al2023"
  size               = { min = 1, max = 2 }
}

module "karpenter" {
  source = "../karpenter"

  cluster_name       = module.cluster.name
  identity           = var.identity
  oidc_provider_arn  = module.cluster.oidc_provider_arn
  interruption_queue = false
}

module "workload" {
  source = "../workload-identity"

  name              = "acme-dev-work"
  description       = "A workload"
  identity          = var.identity
  cluster_arn       = module.cluster.arn
  oidc_provider_arn = module.cluster.oidc_provider_arn
  service_accounts  = { work = { namespace = "work", name = "work" } }
}
