# A load balancer with its logs.

variable "own_logs" {
  type    = bool
  default = true
}

variable "internal" {
  type    = bool
  default = true
}

provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "this" {}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  for_each = { use1-az1 = "10.0.0.0/24", use1-az2 = "10.0.1.0/24" }

  vpc_id               = aws_vpc.this.id
  availability_zone_id = each.key
  cidr_block           = each.value
}

resource "aws_security_group" "nodes" {
  name        = "nodes"
  description = "Nodes"
  vpc_id      = aws_vpc.this.id
}

resource "aws_acm_certificate" "this" {
  domain_name       = "ai.example.com"
  validation_method = "DNS"
}

# Where the company keeps the logs of all load balancers.
resource "aws_s3_bucket" "given" {
  bucket        = "company-logs"
  force_destroy = true
}

module "ingress" {
  source = "../ingress"

  name                     = "inuse"
  vpc_id                   = aws_vpc.this.id
  subnet_ids               = { for zone, subnet in aws_subnet.this : zone => subnet.id }
  internal                 = var.internal
  domains                  = ["ai.example.com"]
  certificate              = { arn = aws_acm_certificate.this.arn }
  allowed_from             = { office = "10.0.0.0/8" }
  target_security_group_id = aws_security_group.nodes.id
  targets                  = { gateway = { port = 8443 } }
  default_target           = "gateway"
  access_logs              = var.own_logs ? {} : { bucket = { name = aws_s3_bucket.given.bucket } }
  deletion_protection      = false
  force_destroy_logs       = true
}
