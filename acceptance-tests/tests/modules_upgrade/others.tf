# Every module that no scenario calls, as its example calls it, on a network and a cluster that others have made. What would hold a destroy is off.

variable "vpc_id" {
  type = string
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "database_subnet_ids" {
  type = list(string)
}

provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "current" {}

locals {
  account     = data.aws_caller_identity.current.account_id
  zones       = ["use1-az1", "use1-az2"]
  cluster_arn = "arn:aws:eks:us-east-1:${local.account}:cluster/others"
}

module "registry" {
  source = "../container-registry"

  name         = "acme-dev"
  force_delete = true

  repositories = {
    api      = {}
    notebook = { keep_images = 20 }
  }

  pull_through_caches = {
    quay = { upstream = "quay.io" }
  }
}

module "file_system" {
  source = "../file-system"

  name       = "acme-dev"
  vpc_id     = var.vpc_id
  subnet_ids = zipmap(local.zones, var.private_subnet_ids)
}

module "states" {
  source = "../state-backend"

  name          = "acme-${local.account}-states"
  force_destroy = true
}

module "terraform" {
  source = "../hcp-identity"

  name = "acme-dev"
  hcp  = { organization = "acme", project = "ml-platform", workspaces = ["acme-dev-network", "acme-dev-cluster"] }
}

module "artifacts" {
  source = "../object-store"

  name          = "acme-dev-${local.account}"
  force_destroy = true
}

module "platform_identity" {
  source = "../platform-identity"

  name               = "acme-dev"
  trusted_role_arns  = ["arn:aws:iam::234567890123:role/control-plane"]
  external_id        = "shown-by-the-control-plane"
  bucket_arn         = module.artifacts.arn
  bucket_kms_key_arn = module.artifacts.kms_key_arn
  registry_prefix    = "tfy-"
  secret_prefix      = "/tfy-secret"
  cluster_arn        = local.cluster_arn
}

data "aws_iam_policy_document" "models" {
  statement {
    sid       = "ReadModels"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme-dev-models/*"]
  }
}

module "ranker" {
  source = "../workload-identity"

  name             = "acme-dev-ranker"
  description      = "The ranking service of search"
  cluster_arn      = local.cluster_arn
  service_accounts = { ranker = { namespace = "search", name = "ranker" } }
  policies         = { models = data.aws_iam_policy_document.models.minified_json }
}

module "gateway" {
  source = "../gateway-identity"

  name        = "acme-dev"
  cluster_arn = local.cluster_arn
  bedrock     = { models = ["amazon.nova-pro-v1:0"] }
  sagemaker   = { endpoints = ["reranker"] }

  # Its own would be that of the control plane below.
  service_accounts = { gateway = { namespace = "gateway", name = "tfy-llm-gateway" } }
}

resource "aws_security_group" "clients" {
  vpc_id = var.vpc_id
}

module "control_plane" {
  source = "../self-hosted-control-plane"

  name                      = "acme-tfy"
  vpc_id                    = var.vpc_id
  subnet_ids                = zipmap(local.zones, var.database_subnet_ids)
  client_security_group_ids = { others = aws_security_group.clients.id }
  cluster_arn               = local.cluster_arn
  bucket_name               = "acme-tfy-${local.account}"
  deletion_protection       = false
  final_snapshot            = false
  force_destroy             = true
}
