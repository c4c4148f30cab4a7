# The smallest cluster that the local AWS takes, for examples of modules that work on one that exists.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.9.0.0/24"
}

resource "aws_subnet" "this" {
  for_each = { use1-az1 = "10.9.0.0/26", use1-az2 = "10.9.0.64/26" }

  vpc_id               = aws_vpc.this.id
  cidr_block           = each.value
  availability_zone_id = each.key
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "Eks"
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = "given-cluster"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_eks_cluster" "this" {
  name     = "acme-dev"
  role_arn = aws_iam_role.this.arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids = values(aws_subnet.this)[*].id
  }
}
