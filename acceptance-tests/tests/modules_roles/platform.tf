# A layer as `tfy-infra` has always tagged it, with a role that is handed on.

variable "days" {
  type    = number
  default = 60
}

variable "permissions_boundary" {
  type = string
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { platform = "acme-dev", layer = "network", managed-by = "terraform" }
  }
}

module "network" {
  source = "../network"

  name                 = "acme-dev"
  cidr                 = "10.20.0.0/16"
  zones                = ["use1-az1", "use1-az2"]
  nat                  = { mode = "none" }
  flow_logs            = { retention_days = var.days }
  permissions_boundary = var.permissions_boundary
}
