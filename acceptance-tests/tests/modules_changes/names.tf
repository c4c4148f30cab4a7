# What is named after its inputs, at the longest that is taken.

provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "this" {}

locals {
  # The first 38 characters are the same.
  clusters = {
    one = "a234567890123456789012345678901234567890123456789012345678901234567-01"
    two = "a234567890123456789012345678901234567890123456789012345678901234567-02"
  }
}

resource "aws_iam_role" "node" {
  name_prefix        = "given-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

module "karpenter" {
  source   = "../karpenter"
  for_each = local.clusters

  cluster_name      = each.value
  identity          = "irsa"
  oidc_provider_arn = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/${upper(each.key)}"
  node_role         = { arn = aws_iam_role.node.arn }
}
