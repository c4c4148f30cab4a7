
module "terraform" {
  source = "../hcp-identity"

  name              = "acme-dev"
  hcp               = { organization = "acme", project = "platform", workspaces = ["acme-dev"] }
  hosted_zone_ids   = ["Z0123456789ABCDEFGHIJ"]
  apply_policy_arns = { more = aws_iam_policy.more.arn }

  state = {
    bucket_arn  = "arn:aws:s3:::acme-states"
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    prefix      = "acme-dev/"
  }
}
