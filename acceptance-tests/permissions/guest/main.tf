# Who finds a network and a cluster that somebody else made.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "vpc_id" {
  type = string
}

variable "cluster_name" {
  type = string
}

variable "private_subnet_ids" {
  type = list(string)
}

provider "aws" {
  region = "us-east-1"
}

module "network" {
  source = "../existing-network"

  vpc_id             = var.vpc_id
  private_subnet_ids = var.private_subnet_ids
  cluster_name       = var.cluster_name
  set_tags           = true
  needs_s3_endpoint  = true
}

module "cluster" {
  source = "../existing-cluster"

  name              = var.cluster_name
  vpc_id            = var.vpc_id
  required_addons   = ["vpc-cni"]
  set_discovery_tag = true
}

# What the root `leftovers` of a tree looks for.
data "aws_resourcegroupstaggingapi_resources" "cluster" {
  tag_filter {
    key = "kubernetes.io/cluster/${var.cluster_name}"
  }
}

data "aws_lbs" "all" {}

data "aws_instances" "all" {}

data "aws_network_interfaces" "all" {}

data "aws_ebs_volumes" "all" {}

data "aws_vpcs" "all" {}

data "aws_security_groups" "all" {}

data "aws_vpc_security_group_rules" "all" {}

data "aws_vpc_security_group_rule" "all" {
  for_each = toset(data.aws_vpc_security_group_rules.all.ids)

  security_group_rule_id = each.key
}
