# What the scenarios leave at its default: both address families, addresses of one's own, IRSA, Auto Mode switched off, a network load balancer inside, and names as long
# as they may be.

provider "aws" {
  region = "us-east-1"
}

locals {
  name  = "acme-production-platform"
  zones = ["use1-az1", "use1-az2"]
}

resource "aws_eip" "own" {
  for_each = toset(local.zones)

  domain = "vpc"
}

module "network" {
  source = "../network"

  name         = local.name
  cidr         = "10.30.0.0/16"
  zones        = local.zones
  pods_cidr    = "100.64.0.0/16"
  ipv6         = true
  nat          = { mode = "per-zone", elastic_ip_allocation_ids = [for zone in local.zones : aws_eip.own[zone].allocation_id] }
  flow_logs    = null
  cluster_name = local.name
}

module "cluster" {
  source = "../cluster"

  name                     = local.name
  kubernetes_version       = "1.33"
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  control_plane_subnet_ids = module.network.intra_subnet_ids
  system_nodes             = { instance_types = ["m7g.large"], min = 2, max = 4, ami = "bottlerocket" }
  identity                 = "irsa"
  auto_mode                = { enabled = false }
  ip_family                = "ipv6"
  admins                   = { platform = "arn:aws:iam::123456789012:role/platform-admin" }
}

module "karpenter" {
  source = "../karpenter"

  cluster_name      = module.cluster.name
  identity          = "irsa"
  oidc_provider_arn = module.cluster.oidc_provider_arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "given" {
  name               = "given-cluster"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

# Of others, with a name as long as the module takes it.
resource "aws_eks_cluster" "given" {
  name     = "machine-learning-production-of-the-whole-company-in-north-america-east"
  role_arn = aws_iam_role.given.arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids = values(module.network.intra_subnet_ids)
  }
}

module "karpenter_of_the_given" {
  source = "../karpenter"

  cluster_name = aws_eks_cluster.given.name
}

resource "aws_route53_zone" "this" {
  name = "ai.example.com"
}

module "ingress" {
  source = "../ingress"

  name                = local.name
  type                = "nlb"
  internal            = true
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.private_subnet_ids
  domains             = ["ai.example.com"]
  dns                 = { zone_id = aws_route53_zone.this.zone_id }
  allowed_from        = { vpc = "10.30.0.0/16" }
  deletion_protection = false
  force_destroy_logs  = true

  default_target           = "gateway"
  target_security_group_id = module.cluster.security_group_id
  targets                  = { gateway = { port = 8443 } }
}
