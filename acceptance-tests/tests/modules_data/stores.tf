# What keeps data beside a database, each with its own key or all with a given one.

provider "aws" {
  region = "us-east-1"
}

variable "kms_key_arn" {
  type    = string
  default = null
}

variable "kept" {
  type    = bool
  default = true
}

module "network" {
  source = "../network"

  name              = "acme"
  cidr              = "10.0.0.0/20"
  zones             = ["use1-az1", "use1-az2"]
  nat               = { mode = "none" }
  gateway_endpoints = []
  flow_logs         = { retention_days = 30, kms_key_arn = var.kms_key_arn }
}

module "bucket" {
  source = "../object-store"

  name          = "acme-objects"
  kms_key_arn   = var.kms_key_arn
  force_destroy = !var.kept
}

module "files" {
  source = "../file-system"

  name                = "acme"
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.private_subnet_ids
  kms_key_arn         = var.kms_key_arn
  deletion_protection = var.kept
}

module "registry" {
  source = "../container-registry"

  name         = "acme"
  repositories = { api = {} }
  kms_key_arn  = var.kms_key_arn
  force_delete = !var.kept
}
