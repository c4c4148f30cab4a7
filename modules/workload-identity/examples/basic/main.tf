# A role for the pods of one service account: it reads one bucket.

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  region  = data.aws_region.current.id
  arn     = "arn:${data.aws_partition.current.partition}"
  account = data.aws_caller_identity.current.account_id
}

data "aws_iam_policy_document" "models" {
  statement {
    sid       = "ReadModels"
    actions   = ["s3:GetObject"]
    resources = ["${local.arn}:s3:::acme-dev-models/*"]
  }
}

module "ranker" {
  source = "../.."

  name             = "acme-dev-ranker"
  description      = "The ranking service of search"
  cluster_arn      = "${local.arn}:eks:${local.region}:${local.account}:cluster/${var.cluster_name}"
  service_accounts = { ranker = { namespace = "search", name = "ranker" } }
  policies         = { models = data.aws_iam_policy_document.models.minified_json }
}
