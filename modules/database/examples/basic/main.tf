# A small database in a network of its own; who may connect is added by `client_security_group_ids`.

module "network" {
  source = "../../../network"

  name         = "acme-dev"
  cidr         = "10.0.0.0/20"
  zones        = var.zones
  nat          = { mode = "none" }
  cluster_name = null
}

module "database" {
  source = "../.."

  name            = "acme-dev"
  vpc_id          = module.network.vpc_id
  subnet_ids      = module.network.database_subnet_ids
  engine_version  = "17"
  instance_class  = "db.t4g.medium"
  storage_gib     = 50
  max_storage_gib = 200
}
