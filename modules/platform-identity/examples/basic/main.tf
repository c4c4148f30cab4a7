# The role for a control plane, with a bucket of its own.

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.id
}

module "object_store" {
  source = "../../../object-store"

  name = "acme-dev-${local.account}-${local.region}"
}

module "platform_identity" {
  source = "../.."

  name               = "acme-dev"
  trusted_role_arns  = [var.control_plane_role_arn]
  external_id        = "shown-by-the-control-plane"
  bucket_arn         = module.object_store.arn
  bucket_kms_key_arn = module.object_store.kms_key_arn
  registry_prefix    = "tfy-"
  secret_prefix      = "/tfy-secret"
  cluster_arn        = "arn:${data.aws_partition.current.partition}:eks:${local.region}:${local.account}:cluster/acme-dev"
}
