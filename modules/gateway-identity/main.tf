data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region     = data.aws_region.current.id
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id

  bedrock_regions   = length(var.bedrock.regions) > 0 ? var.bedrock.regions : toset([local.region])
  sagemaker_regions = length(var.sagemaker.regions) > 0 ? var.sagemaker.regions : toset([local.region])

  # Decided by what the caller wrote and not by ARNs, which may be known after apply only.
  uses_bedrock   = length(var.bedrock.models) + length(var.bedrock.inference_profiles) + length(var.bedrock.application_profiles) + length(var.bedrock.model_arns) + length(var.bedrock.guardrail_arns) > 0
  uses_sagemaker = length(var.sagemaker.endpoints) > 0

  policies = merge(
    local.uses_bedrock ? { bedrock = data.aws_iam_policy_document.bedrock[0].minified_json } : {},
    local.uses_sagemaker ? { sagemaker = data.aws_iam_policy_document.sagemaker[0].minified_json } : {},
  )
}

module "role" {
  source = "../workload-identity"

  name                 = "${var.name}-gateway"
  description          = "Calls the models that the AI gateway of ${var.name} offers"
  identity             = var.identity
  cluster_arn          = var.cluster_arn
  oidc_provider_arn    = var.oidc_provider_arn
  service_accounts     = var.service_accounts
  trusted_roles        = var.trusted_roles
  policies             = local.policies
  permissions_boundary = var.permissions_boundary
}
