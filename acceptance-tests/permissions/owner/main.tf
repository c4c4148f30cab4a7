# All modules with every option that brings another type of resource, so that each call of the AWS provider is seen once.
# `step` is what a team does over the years: 0 is new, 1 changes settings and tags, 2 raises versions and sizes, 3 and 4 sign add-ons in otherwise and back,
# by which they are told other identities.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "step" {
  type    = number
  default = 0
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { step = tostring(min(var.step, 2)) }
  }
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

# Of the layers, not of a module.
data "aws_iam_session_context" "current" {
  arn = data.aws_caller_identity.current.arn
}

locals {
  name    = "recorded"
  later   = var.step >= 1
  account = data.aws_caller_identity.current.account_id
  cluster = "arn:aws:eks:${data.aws_region.current.id}:${local.account}:cluster/${local.name}"
}

module "network" {
  source = "../network"

  name                = local.name
  cidr                = "10.20.0.0/16"
  zones               = ["use1-az1", "use1-az2"]
  pods_cidr           = "100.64.0.0/16"
  ipv6                = true
  nat                 = { mode = "single" }
  interface_endpoints = ["ecr.api", "sts"]
  flow_logs           = { retention_days = local.later ? 400 : 365 }
  flow_logs_to_s3     = { days = local.later ? 90 : 30, force_destroy = true }
  cluster_name        = local.name

  public_access_exclusion = local.later ? "allow-bidirectional" : "allow-egress"

  endpoint_policies = {
    sts = jsonencode({ Statement = [{ Sid = "A", Effect = "Allow", Principal = "*", Action = local.later ? "sts:*" : "*", Resource = "*" }] })
  }
}

resource "aws_iam_role" "people" {
  name               = "people"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "A", Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${local.account}:root" } }] })
}

module "cluster" {
  source = "../cluster"

  name                     = local.name
  kubernetes_version       = var.step >= 2 ? "1.34" : "1.33"
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  control_plane_subnet_ids = module.network.intra_subnet_ids
  system_nodes             = { instance_types = ["m7i.large"], min = local.later ? 3 : 2, max = 4, ami = "al2023" }
  identity                 = var.step == 3 ? "irsa" : "pod-identity"
  extra_addons             = ["aws-efs-csi-driver"]
  addons                   = { eks-pod-identity-agent = { enabled = true } } # for the identities of workloads, whichever way add-ons sign in
  log_retention_days       = local.later ? 400 : 365
  endpoint_private_from    = { office = local.later ? "10.9.0.0/16" : "10.8.0.0/16" }

  access_entries = {
    people = {
      principal_arn     = aws_iam_role.people.arn
      kubernetes_groups = local.later ? ["viewers"] : []
      policies          = { AmazonEKSViewPolicy = ["search"] }
    }
  }

  pod_subnets = {
    for zone, subnet in module.network.pod_subnet_ids :
    zone => { subnet_id = subnet, zone_name = module.network.zones[zone].name }
  }
}

module "jump_host" {
  source = "../jump-host"

  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  cluster_security_group_id = module.cluster.security_group_id
}

module "karpenter" {
  source = "../karpenter"

  cluster_name     = module.cluster.name
  instance_profile = true
}

module "gpu" {
  source = "../node-group"

  name               = "gpu"
  cluster_name       = module.cluster.name
  kubernetes_version = module.cluster.version
  subnet_ids         = module.network.private_subnet_ids
  security_group_ids = { cluster = module.cluster.security_group_id }
  node_role          = { arn = module.cluster.node_role_arn }
  instance_types     = ["g6.xlarge", "g5.xlarge"]
  accelerator        = "nvidia"
  size               = { min = 0, max = local.later ? 3 : 2 }
  labels             = { step = tostring(local.later) }
}

# With adapters and a placement group, without a node.
module "training" {
  source = "../node-group"

  name                = "training"
  cluster_name        = module.cluster.name
  kubernetes_version  = module.cluster.version
  subnet_ids          = { for zone, subnet in module.network.private_subnet_ids : zone => subnet if zone == keys(module.network.private_subnet_ids)[0] }
  security_group_ids  = { cluster = module.cluster.security_group_id }
  node_role           = { arn = module.cluster.node_role_arn }
  instance_types      = ["p4d.24xlarge"]
  accelerator         = "nvidia"
  ami_release_version = "newest"
  efa                 = true
  size                = { min = 0, max = local.later ? 3 : 2 }
}

module "database" {
  source = "../database"

  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.database_subnet_ids
  engine_version            = "17"
  instance_class            = var.step >= 2 ? "db.m7g.large" : "db.t4g.medium"
  storage_gib               = var.step >= 2 ? 100 : 50
  max_storage_gib           = 500
  log_retention_days        = local.later ? 400 : 365
  parameters                = local.later ? { work_mem = { value = "8192" } } : {}
  client_security_group_ids = { cluster = module.cluster.security_group_id }
  insights_retention_days   = local.later ? 31 : 7
  monitoring_seconds        = local.later ? 30 : 60
  deletion_protection       = false

  # The password is RDS's, the team's own, and RDS's again.
  master_password         = var.step == 1 ? "recorded-and-of-no-use" : null
  master_password_version = var.step == 1 ? 1 : null
}

module "artifacts" {
  source = "../object-store"

  name                    = "${local.name}-${local.account}"
  force_destroy           = true
  cors_allowed_origins    = local.later ? ["https://b.example"] : ["https://a.example"]
  noncurrent_version_days = local.later ? 40 : 30
}

resource "aws_route53_zone" "this" {
  name = "recorded.example"
}

module "ingress" {
  source = "../ingress"

  name                     = local.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.public_subnet_ids
  ip_address_type          = "dualstack"
  domains                  = ["*.recorded.example", "recorded.example"]
  dns                      = { zone_id = aws_route53_zone.this.zone_id }
  allowed_from             = { office = local.later ? "198.51.100.0/24" : "203.0.113.0/24" }
  default_target           = "gateway"
  target_security_group_id = module.cluster.security_group_id
  idle_timeout             = local.later ? 120 : 60
  redirect_http            = true
  web_acl                  = { create = { count_only = local.later } }
  deletion_protection      = false
  force_destroy_logs       = true

  targets = {
    gateway = { port = 8443, health = { port = 15021, path = local.later ? "/ready" : "/healthz/ready", protocol = "HTTP" } }
    argo    = { port = 8080, hosts = [local.later ? "argo-cd.recorded.example" : "argo.recorded.example"] }
  }
}

module "registry" {
  source = "../container-registry"

  name                = local.name
  repositories        = { api = { keep_images = local.later ? 20 : 30, immutable_tags = !local.later } }
  reader_account_ids  = local.later ? ["210987654321", "310987654321"] : ["210987654321"]
  pull_through_caches = { ecr-public = { upstream = "public.ecr.aws" }, quay = { upstream = "quay.io" } }
  enhanced_scanning   = true
  force_delete        = true
}

module "files" {
  source = "../file-system"

  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = { cluster = module.cluster.security_group_id }
  infrequent_access_days    = local.later ? 60 : 30
  backups                   = !local.later
  deletion_protection       = !local.later
  access_points             = { models = { path = "/models", uid = 1000, gid = 1000 } }
}

module "addon_identities" {
  source = "../addon-identities"

  name                     = local.name
  cluster_arn              = module.cluster.arn
  load_balancer_controller = { features = local.later ? ["certificates", "waf"] : ["certificates"] }
  external_dns             = { zone_ids = { recorded = "Z0123456789ABCDEFGHIJ" } }
}

module "gateway" {
  source = "../gateway-identity"

  name        = local.name
  cluster_arn = module.cluster.arn
  bedrock     = { models = local.later ? ["amazon.nova-pro-v1:0", "amazon.nova-lite-v1:0"] : ["amazon.nova-pro-v1:0"] }
}

module "platform" {
  source = "../platform-identity"

  name                = local.name
  trusted_role_arns   = ["arn:aws:iam::111111111111:role/control-plane"]
  external_id         = local.later ? "another-id-of-the-control-plane" : "an-id-of-the-control-plane"
  bucket_arn          = module.artifacts.arn
  bucket_kms_key_arn  = module.artifacts.kms_key_arn
  registry_prefix     = "tfy-"
  secret_prefix       = "/tfy-secret"
  cluster_arn         = module.cluster.arn
  max_session_seconds = local.later ? 7200 : 3600
}

module "workload" {
  source = "../workload-identity"

  name             = "${local.name}-ranker"
  description      = local.later ? "The ranking service of another team" : "The ranking service"
  cluster_arn      = local.cluster
  service_accounts = { ranker = { namespace = "search", name = "ranker" } }
  policies         = { models = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "ReadModels", Effect = "Allow", Action = local.later ? ["s3:GetObject", "s3:ListBucket"] : ["s3:GetObject"], Resource = "*" }] }) }

  depends_on = [module.cluster]
}

module "terraform" {
  source = "../hcp-identity"

  name = local.name
  hcp  = { organization = "acme", project = "platform", workspaces = local.later ? ["recorded", "another"] : ["recorded"] }
}

module "states" {
  source = "../state-backend"

  name                    = "${local.name}-${local.account}-states"
  noncurrent_version_days = local.later ? 120 : 90
  force_destroy           = true
}

output "guest" {
  value = {
    vpc_id             = module.network.vpc_id
    cluster_name       = module.cluster.name
    private_subnet_ids = values(module.network.private_subnet_ids)
  }
}
