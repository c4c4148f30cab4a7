# Roles of layers, and the one pair beside them, with all that can be given: every statement that a role of ours can have is in one of them.

provider "aws" {
  region = "us-east-1"
}

module "terraform" {
  source = "../hcp-identity"

  name            = "acme-dev"
  one_pair        = true
  hcp             = { organization = "acme", project = "platform", workspaces = ["acme-dev"] }
  hosted_zone_ids = ["Z0123456789ABCDEFGHIJ"]
  bucket_names    = ["acme-models"]
  role_names      = ["acme-notebooks"]

  # Its own has no room for all that is given here; what plans may do has nothing of it.
  created_roles_boundary = "arn:aws:iam::123456789012:policy/acme-boundary"

  layers = { for layer in ["network", "cluster", "data", "identity", "ingress", "addons"] : layer => { workspaces = ["acme-dev-${layer}"] } }

  given = {
    ec2_ids       = ["vpc-0123456789abcdef0", "subnet-0123456789abcdef0", "sg-0123456789abcdef0", "eipalloc-0123456789abcdef0"]
    cluster_names = ["company"]
    kms_key_arns  = ["arn:aws:kms:us-east-1:123456789012:key/22222222-2222-3333-4444-555555555555"]
    snapshot_arns = ["arn:aws:rds:us-east-1:123456789012:snapshot:company"]
    web_acl_arns  = ["arn:aws:wafv2:us-east-1:123456789012:regional/webacl/company/22222222-2222-3333-4444-555555555555"]
  }

  state = {
    bucket_arn  = "arn:aws:s3:::acme-states"
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    prefix      = "acme-dev/"
  }
}
