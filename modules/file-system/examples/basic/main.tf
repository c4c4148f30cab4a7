# A file system in a network of its own.

module "network" {
  source = "../../../network"

  name         = "acme-dev"
  cidr         = "10.0.0.0/20"
  zones        = var.zones
  nat          = { mode = "none" }
  cluster_name = null
}

module "file_system" {
  source = "../.."

  name       = "acme-dev"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.private_subnet_ids
}
