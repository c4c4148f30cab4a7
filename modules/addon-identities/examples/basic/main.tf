# Roles for every add-on that this module knows, in a cluster that exists.

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  region  = data.aws_region.current.id
  arn     = "arn:${data.aws_partition.current.partition}"
  account = data.aws_caller_identity.current.account_id
}

module "telemetry" {
  source = "../../../object-store"

  name = "acme-dev-telemetry-${local.account}"
}

module "addon_identities" {
  source = "../.."

  name        = "acme-dev"
  cluster_arn = "${local.arn}:eks:${local.region}:${local.account}:cluster/${var.cluster_name}"

  load_balancer_controller = {
    features          = ["certificates", "cognito", "shield", "waf"]
    target_group_arns = { gateway = "${local.arn}:elasticloadbalancing:${local.region}:${local.account}:targetgroup/acme-dev-gateway/*" }
  }

  external_dns = { zone_ids = var.zone_ids }
  cert_manager = { zone_ids = var.zone_ids }

  external_secrets = {
    secret_prefixes    = ["acme/dev"]
    parameter_prefixes = ["acme/dev"]
    kms_key_arns       = { telemetry = module.telemetry.kms_key_arn }
    find               = true
  }

  metrics_store = { bucket_arn = module.telemetry.arn, kms_key_arn = module.telemetry.kms_key_arn, prefix = "metrics" }
  log_store     = { bucket_arn = module.telemetry.arn, kms_key_arn = module.telemetry.kms_key_arn, prefix = "logs" }

  workflow_propeller = { bucket_arn = module.telemetry.arn, kms_key_arn = module.telemetry.kms_key_arn }
}
