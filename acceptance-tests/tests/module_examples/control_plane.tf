# The control plane's role in each of its three ways, and that of workflows.

provider "aws" {
  region = "us-east-1"
}

locals {
  arn     = "arn:aws:eks:us-east-1:123456789012"
  bucket  = "arn:aws:s3:::acme"
  key     = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  cluster = "${local.arn}:cluster/acme"
}

module "platform" {
  for_each = toset(["describe", "read", "manage"])
  source   = "../platform-identity"

  name               = "acme-${each.key}"
  trusted_role_arns  = ["arn:aws:iam::416964291864:role/tfy-ctl-euwe1-production-truefoundry-deps"]
  external_id        = "shown-by-the-control-plane"
  bucket_arn         = local.bucket
  bucket_kms_key_arn = local.key
  registry_prefix    = "tfy-"
  secret_prefix      = "/tfy-secret"
  cluster_arn        = local.cluster
  cluster_access     = each.key
}

module "addons" {
  source = "../addon-identities"

  name              = "acme"
  cluster_arn       = local.cluster
  identity          = "irsa"
  oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC"

  workflow_propeller = { bucket_arn = local.bucket, kms_key_arn = local.key }
}

output "roles" {
  value = merge({ for access, module in module.platform : access => module.role_arn }, { workflows = module.addons.role_arns["workflow-propeller"] })
}
