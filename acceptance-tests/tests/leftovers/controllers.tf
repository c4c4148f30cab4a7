# What controllers of a cluster leave in a network, with the tags that they give it.

variable "vpc_id" {
  type = string
}

variable "public_subnet_ids" {
  type = list(string)
}

variable "private_subnet_id" {
  type = string
}

variable "security_group_id" {
  type = string
}

variable "left" {
  type    = object({ interface = bool, group = bool })
  default = { interface = true, group = true }
}

provider "aws" {
  region = "us-east-1"
}

locals {
  balancer = { "elbv2.k8s.aws/cluster" = "acme-dev", "service.k8s.aws/stack" = "shop/front" }
}

# The VPC CNI's, of a node that is gone: `available`.
resource "aws_network_interface" "left" {
  count = var.left.interface ? 1 : 0

  subnet_id       = var.private_subnet_id
  security_groups = [var.security_group_id]
  tags            = { "cluster.k8s.amazonaws.com/name" = "acme-dev", "node.k8s.amazonaws.com/instance_id" = "i-0123456789abcdef0" }
}

# The load balancer controller's, with public addresses.
resource "aws_lb" "left" {
  count = var.left.interface ? 1 : 0

  name               = "k8s-shop-front-0123456789"
  load_balancer_type = "network"
  internal           = false
  subnets            = var.public_subnet_ids
  tags               = local.balancer
}

resource "aws_security_group" "left" {
  count = var.left.group ? 1 : 0

  name   = "k8s-traffic-acmedev-0123456789"
  vpc_id = var.vpc_id
  tags   = local.balancer
}
