terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "left" {
  type    = bool
  default = true
}

provider "aws" {
  region = "us-east-1"
}

locals {
  one      = toset(var.left ? ["one"] : [])
  owned    = { "kubernetes.io/cluster/acme-dev" = "owned" }
  balancer = { "elbv2.k8s.aws/cluster" = "acme-dev", "service.k8s.aws/stack" = "shop/front" }
  class    = merge(local.owned, { "karpenter.k8s.aws/ec2nodeclass" = "default", "eks:eks-cluster-name" = "acme-dev", "topology.kubernetes.io/region" = "us-east-1" })
  others   = { "elbv2.k8s.aws/cluster" = "other", "service.k8s.aws/stack" = "other/other" }
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  tags       = { layer = "network", platform = "acme-dev" }
}

resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.0.0/24"
}

# What EKS makes and removes by itself.
resource "aws_security_group" "nodes" {
  name   = "eks-cluster-sg-acme-dev"
  vpc_id = aws_vpc.this.id
  tags   = local.owned
}

resource "aws_vpc_security_group_ingress_rule" "own" {
  security_group_id = aws_security_group.nodes.id
  description       = "Of the platform itself"
  cidr_ipv4         = "10.0.0.0/16"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "left" {
  for_each = local.one

  security_group_id = aws_security_group.nodes.id
  description       = "elbv2.k8s.aws/targetGroupBinding=shared"
  cidr_ipv4         = "10.0.0.0/16"
  ip_protocol       = "tcp"
  from_port         = 8080
  to_port           = 8080
}

resource "aws_security_group" "left" {
  for_each = local.one

  name   = "k8s-traffic-acmedev-0123456789"
  vpc_id = aws_vpc.this.id
  tags   = local.balancer
}

resource "aws_security_group" "of_another_cluster" {
  name   = "k8s-traffic-other-0123456789"
  vpc_id = aws_vpc.this.id
  tags   = local.others
}

resource "aws_instance" "left" {
  for_each = local.one

  ami           = "ami-12c6146b"
  instance_type = "m7i.large"
  subnet_id     = aws_subnet.this.id
  tags          = merge(local.owned, { "karpenter.sh/nodepool" = "default", "eks:eks-cluster-name" = "acme-dev" })
}

resource "aws_lb" "left" {
  for_each = local.one

  name               = "k8s-shop-front-0123456789"
  load_balancer_type = "network"
  internal           = true
  subnets            = [aws_subnet.this.id]
  tags               = local.balancer
}

resource "aws_lb_target_group" "left" {
  for_each = local.one

  name        = "k8s-shop-front-0123456789"
  vpc_id      = aws_vpc.this.id
  protocol    = "TCP"
  port        = 80
  target_type = "ip"
  tags        = local.balancer
}

resource "aws_lb_target_group" "of_another_cluster" {
  name        = "k8s-other-other-0123456789"
  vpc_id      = aws_vpc.this.id
  protocol    = "TCP"
  port        = 80
  target_type = "ip"
  tags        = local.others
}

resource "aws_network_interface" "left" {
  for_each = var.left ? {
    new = { "cluster.k8s.amazonaws.com/name" = "acme-dev", "node.k8s.amazonaws.com/instance_id" = "i-0123456789abcdef0" }
    old = { "node.k8s.amazonaws.com/instance_id" = "i-0123456789abcdef0" }
  } : {}

  subnet_id = aws_subnet.this.id
  tags      = each.value
}

resource "aws_ebs_volume" "kept" {
  availability_zone = "us-east-1a"
  size              = 10
  # As the add-on that the module `cluster` configures sets them.
  tags = {
    CSIVolumeName                             = "pvc-0"
    "ebs.csi.aws.com/cluster"                 = "true"
    "ebs.csi.aws.com/cluster-name"            = "acme-dev"
    "kubernetes.io/created-for/pvc/name"      = "data"
    "kubernetes.io/created-for/pvc/namespace" = "shop"
  }
}

resource "aws_ebs_volume" "of_another_cluster" {
  availability_zone = "us-east-1a"
  size              = 10
  tags              = { CSIVolumeName = "pvc-1", "ebs.csi.aws.com/cluster-name" = "other" }
}

resource "aws_launch_template" "left" {
  for_each = local.one

  name = "karpenter.k8s.aws/0123456789"
  tags = local.class
}

resource "aws_launch_template" "of_another_cluster" {
  name = "karpenter.k8s.aws/9876543210"
  tags = merge(local.class, { "eks:eks-cluster-name" = "other" })
}

resource "aws_iam_instance_profile" "left" {
  for_each = local.one

  name = "acme-dev_0123456789"
  tags = local.class
}

resource "aws_iam_instance_profile" "in_another_region" {
  name = "acme-dev_9876543210"
  tags = merge(local.class, { "topology.kubernetes.io/region" = "eu-west-1" })
}
