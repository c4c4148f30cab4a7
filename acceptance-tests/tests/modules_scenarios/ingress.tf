# A load balancer with everything that it needs, and the parts of it that are changed while it is used.

variable "domains" {
  type    = list(string)
  default = ["ai.example.com", "*.ai.example.com"]
}

variable "default_target" {
  type    = string
  default = "gateway"
}

variable "targets" {
  type    = any
  default = { gateway = { port = 8443, protocol = "HTTP", health = { port = 15021, path = "/healthz/ready", protocol = "HTTP" } } }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "public" {
  for_each = { use1-az1 = "10.0.0.0/24", use1-az2 = "10.0.1.0/24" }

  vpc_id               = aws_vpc.this.id
  availability_zone_id = each.key
  cidr_block           = each.value

  depends_on = [aws_internet_gateway.this]
}

resource "aws_security_group" "nodes" {
  name        = "nodes"
  description = "Nodes"
  vpc_id      = aws_vpc.this.id
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

module "ingress" {
  source = "../ingress"

  name                     = "inuse"
  vpc_id                   = aws_vpc.this.id
  subnet_ids               = { for zone, subnet in aws_subnet.public : zone => subnet.id }
  domains                  = var.domains
  dns                      = { zone_id = aws_route53_zone.this.zone_id }
  allowed_from             = { office = "203.0.113.0/24" }
  redirect_http            = true
  default_target           = var.default_target
  target_security_group_id = aws_security_group.nodes.id
  targets                  = var.targets
  deletion_protection      = false
  force_destroy_logs       = true
}
