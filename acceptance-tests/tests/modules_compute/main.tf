# A small cluster with node groups for machine learning, each of another kind.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

resource "aws_vpc" "this" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "this" {
  for_each = { us-east-1a = "10.9.0.0/20", us-east-1b = "10.9.16.0/20" }

  vpc_id            = aws_vpc.this.id
  cidr_block        = each.value
  availability_zone = each.key
}

data "aws_iam_policy_document" "trust" {
  for_each = { cluster = "eks", nodes = "ec2" }

  statement {
    sid     = "Trust"
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = data.aws_iam_policy_document.trust

  name               = "compute-${each.key}"
  assume_role_policy = each.value.json
}

resource "aws_eks_cluster" "this" {
  name     = "acme-dev"
  version  = "1.33"
  role_arn = aws_iam_role.this["cluster"].arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids = values(aws_subnet.this)[*].id
  }
}

locals {
  common = {
    cluster_name       = aws_eks_cluster.this.name
    kubernetes_version = aws_eks_cluster.this.version
    security_group_ids = { cluster = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id }
    node_role          = { arn = aws_iam_role.this["nodes"].arn }
    one_zone           = { use1-az1 = aws_subnet.this["us-east-1a"].id }
    two_zones          = { use1-az1 = aws_subnet.this["us-east-1a"].id, use1-az2 = aws_subnet.this["us-east-1b"].id }
  }
}
