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
