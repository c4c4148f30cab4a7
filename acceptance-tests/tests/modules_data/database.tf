# A database in the smallest network that takes one, and a copy of it at some point in time.

provider "aws" {
  region = "us-east-1"
}

variable "engine_version" {
  type    = string
  default = "17"
}

variable "allow_major_version_upgrade" {
  type    = bool
  default = false
}

variable "apply_immediately" {
  type    = bool
  default = null
}

variable "instance_class" {
  type    = string
  default = "db.t4g.medium"
}

variable "final_snapshot" {
  type    = bool
  default = false
}

variable "restore_from_snapshot" {
  type    = string
  default = null
}

variable "copies" {
  type    = set(string)
  default = []
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/20"
}

resource "aws_subnet" "this" {
  for_each = { use1-az1 = "10.0.0.0/24", use1-az2 = "10.0.1.0/24" }

  vpc_id               = aws_vpc.this.id
  cidr_block           = each.value
  availability_zone_id = each.key
}

locals {
  subnet_ids = { for zone, subnet in aws_subnet.this : zone => subnet.id }
}

module "database" {
  source = "../database"

  name                        = "acme"
  vpc_id                      = aws_vpc.this.id
  subnet_ids                  = local.subnet_ids
  engine_version              = var.engine_version
  allow_major_version_upgrade = var.allow_major_version_upgrade
  apply_immediately           = var.apply_immediately
  instance_class              = var.instance_class
  storage_gib                 = 50
  deletion_protection         = false
  final_snapshot              = var.final_snapshot
  restore_from_snapshot       = var.restore_from_snapshot
}

module "copy" {
  source   = "../database"
  for_each = var.copies

  name                     = each.key
  vpc_id                   = aws_vpc.this.id
  subnet_ids               = local.subnet_ids
  engine_version           = var.engine_version
  instance_class           = var.instance_class
  storage_gib              = 50
  deletion_protection      = false
  final_snapshot           = false
  restore_to_point_in_time = { identifier = module.database.identifier }
}

output "final_snapshot" {
  value = module.database.final_snapshot
}

output "kms_key_arn" {
  value = module.database.kms_key_arn
}
