# Every module that names something in AWS, with each name that it takes as long as it may be. `last` is what the names end
# in: two platforms that differ by nothing else are still two. `more` comes behind, and makes each name too long.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "last" {
  type    = string
  default = "a"
}

variable "more" {
  type    = string
  default = ""
}

locals {
  letters = join("", [for part in range(20) : "abcdefghijklmnopqrstuvwxyz"])
  # Length => a name of it.
  names = { for length in [20, 22, 24, 32, 56, 58, 59, 69, 70, 99, 100] : length => "${substr(local.letters, 0, length - 1)}${var.last}${var.more}" }

  zones       = { cnn1-az1 = "subnet-1", cnn1-az2 = "subnet-2" }
  arn         = "arn:aws-cn"
  account     = "123456789012"
  cluster_arn = "${local.arn}:eks:cn-north-1:${local.account}:cluster/${substr(local.letters, 0, 99)}${var.last}"
  key         = "${local.arn}:kms:cn-north-1:${local.account}:key/00000000-0000-0000-0000-000000000000"
  bucket      = "${local.arn}:s3:::acme-dev"
}

module "network" {
  source = "../network"

  name                = local.names[24]
  cidr                = "10.20.0.0/16"
  zones               = keys(local.zones)
  interface_endpoints = ["sts"]
  flow_logs           = { retention_days = 365 }
  flow_logs_to_s3     = {}
  cluster_name        = "acme"
}

module "cluster" {
  source = "../cluster"

  name                        = local.names[24]
  kubernetes_version          = "1.33"
  vpc_id                      = "vpc-1"
  subnet_ids                  = local.zones
  control_plane_subnet_ids    = local.zones
  system_nodes                = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "al2023" }
  auto_mode                   = { own_pools = true }
  ip_family                   = "ipv6"
  pull_through_cache_prefixes = ["quay"]

  addons = {
    amazon-cloudwatch-observability = {}
    aws-efs-csi-driver              = {}
    aws-fsx-csi-driver              = {}
    aws-mountpoint-s3-csi-driver    = { buckets = { models = { arn = local.bucket } } }
    cert-manager                    = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } }
    external-dns                    = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } }
  }
}

module "jump_host" {
  source = "../jump-host"

  name                      = local.names[24]
  vpc_id                    = "vpc-1"
  subnet_ids                = local.zones
  cluster_security_group_id = "sg-cluster"
}

module "node_group" {
  source = "../node-group"

  name               = local.names[24]
  cluster_name       = local.names[100]
  kubernetes_version = "1.33"
  subnet_ids         = { cnn1-az1 = "subnet-1" }
  security_group_ids = { cluster = "sg-cluster" }
  instance_types     = ["p5.48xlarge"]
  size               = { min = 1, max = 3 }
  placement_group    = { strategy = "partition" }
}

module "karpenter" {
  source = "../karpenter"

  cluster_name                = local.names[70]
  instance_profile            = true
  pull_through_cache_prefixes = ["quay"]
}

module "registry" {
  source = "../container-registry"

  name                = local.names[24]
  pull_through_caches = { "${substr(local.letters, 0, 29)}${var.last}${var.more}" = { upstream = "quay.io" } }
}

# Apart, since the rule of its repositories waits for that of its name.
module "repositories" {
  source = "../container-registry"

  name              = "acme-${var.last}"
  repository_prefix = substr(local.letters, 0, 100)
  repositories      = { "${substr(local.letters, 0, 154)}${var.last}${var.more}" = {} }
}

module "database" {
  source = "../database"

  master_password = "unused" # Terraform 1.11 cannot apply a test whose ephemeral variable has no value
  name            = local.names[24]
  vpc_id          = "vpc-1"
  subnet_ids      = local.zones
  engine_version  = "17"
  instance_class  = "db.m7g.large"
  storage_gib     = 100
}

module "object_store" {
  source = "../object-store"

  name = local.names[58]
}

module "states" {
  source = "../state-backend"

  name = local.names[58]
}

module "files" {
  source = "../file-system"

  name       = local.names[24]
  vpc_id     = "vpc-1"
  subnet_ids = local.zones
}

module "ingress" {
  source = "../ingress"

  name           = local.names[24]
  vpc_id         = "vpc-1"
  subnet_ids     = local.zones
  domains        = ["ai.acme.com"]
  dns            = { zone_id = "Z1" }
  allowed_from   = { office = "203.0.113.0/24" }
  web_acl        = { create = {} }
  default_target = "${substr(local.letters, 0, 15)}${var.last}${var.more}"
  targets        = { "${substr(local.letters, 0, 15)}${var.last}${var.more}" = { port = 8443 } }

  target_security_group_id = "sg-cluster"
}

module "terraform" {
  source = "../hcp-identity"

  name = local.names[22]
  hcp  = { organization = "acme", project = "ml-platform", workspaces = ["acme-dev"] }
}

module "platform_identity" {
  source = "../platform-identity"

  name               = local.names[24]
  trusted_role_arns  = ["${local.arn}:iam::210987654321:role/control-plane"]
  external_id        = "from-control-plane"
  bucket_arn         = local.bucket
  bucket_kms_key_arn = local.key
  registry_prefix    = "tfy-"
  parameter_prefix   = "tfy-secret"
  secret_prefix      = "/tfy-secret"
  cluster_arn        = local.cluster_arn
}

module "addon_identities" {
  source = "../addon-identities"

  name                     = local.names[24]
  cluster_arn              = local.cluster_arn
  load_balancer_controller = {}
  external_dns             = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } }
  cert_manager             = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } }
  external_secrets         = { secret_prefixes = ["acme/dev"] }
  metrics_store            = { bucket_arn = local.bucket, kms_key_arn = local.key }
  log_store                = { bucket_arn = local.bucket, kms_key_arn = local.key }
  workflow_propeller       = { bucket_arn = local.bucket, kms_key_arn = local.key }
}

module "workload_identity" {
  source = "../workload-identity"

  name             = local.names[32]
  cluster_arn      = local.cluster_arn
  service_accounts = { ranker = { namespace = "search", name = "ranker" } }
  policies         = { "${substr(local.letters, 0, 31)}${var.last}${var.more}" = jsonencode({ Statement = [{ Sid = "A", Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] }) }
}

module "gateway" {
  source = "../gateway-identity"

  name        = local.names[20]
  cluster_arn = local.cluster_arn
  bedrock     = { models = ["amazon.nova-pro-v1:0"] }
  sagemaker   = { endpoints = ["reranker"] }
}

module "control_plane" {
  source = "../self-hosted-control-plane"

  master_password           = "unused"
  name                      = local.names[20]
  bucket_name               = local.names[58]
  vpc_id                    = "vpc-1"
  subnet_ids                = local.zones
  client_security_group_ids = { cluster = "sg-cluster" }
  cluster_arn               = local.cluster_arn
}
