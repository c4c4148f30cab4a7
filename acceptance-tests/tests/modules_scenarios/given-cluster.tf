# A cluster that somebody else made, with tools of their own.

variable "vpc_id" {
  type = string
}

variable "private_subnet_ids" {
  type = list(string)
}

variable "kubernetes_version" {
  type    = string
  default = "1.33"
}

provider "aws" {
  region = "us-east-1"
}

module "cluster" {
  source = "../cluster"

  name                     = "others"
  kubernetes_version       = var.kubernetes_version
  vpc_id                   = var.vpc_id
  subnet_ids               = { use1-az1 = var.private_subnet_ids[0], use1-az2 = var.private_subnet_ids[1] }
  control_plane_subnet_ids = { use1-az1 = var.private_subnet_ids[0], use1-az2 = var.private_subnet_ids[1] }
  system_nodes             = { instance_types = ["m7i.large"], min = 2, max = 3, ami = "al2023" }
}

output "security_group_id" {
  value = module.cluster.security_group_id
}
