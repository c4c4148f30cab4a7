# A self-hosted control plane with its network and its cluster.

data "aws_caller_identity" "current" {}

module "network" {
  source = "../../../network"

  name         = "acme-tfy"
  cidr         = "10.0.0.0/20"
  zones        = var.zones
  nat          = { mode = "none" }
  cluster_name = "acme-tfy"
}

module "cluster" {
  source = "../../../cluster"

  name                     = "acme-tfy"
  kubernetes_version       = "1.33"
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  control_plane_subnet_ids = module.network.intra_subnet_ids
  admins                   = var.admins
  system_nodes             = { instance_types = ["m7i.large", "m6i.large"], min = 2, max = 4, ami = "al2023" }
}

module "control_plane" {
  source = "../.."

  name                      = "acme-tfy"
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.database_subnet_ids
  client_security_group_ids = { cluster = module.cluster.security_group_id }
  cluster_arn               = module.cluster.arn
  bucket_name               = "acme-tfy-${data.aws_caller_identity.current.account_id}"
}
