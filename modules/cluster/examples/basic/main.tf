# A cluster with Auto Mode and developers who may edit one namespace, in a network made beside it.

module "network" {
  source = "../../../network"

  name         = "acme-dev"
  cidr         = "10.20.0.0/16"
  zones        = var.zones
  nat          = { mode = "single" }
  cluster_name = "acme-dev"
}

module "cluster" {
  source = "../.."

  name                     = "acme-dev"
  kubernetes_version       = "1.33"
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  control_plane_subnet_ids = module.network.intra_subnet_ids
  system_nodes             = { instance_types = ["m7g.large"], min = 2, max = 4, ami = "bottlerocket" }
  auto_mode                = {}
  extra_addons             = ["aws-efs-csi-driver", "metrics-server"]
  endpoint_private_from    = { vpn = "10.8.0.0/16" }
  access_entries           = var.access_entries
}
