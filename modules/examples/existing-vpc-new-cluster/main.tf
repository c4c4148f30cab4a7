# A cluster and a database in a network that somebody else made.

module "network" {
  source = "../../existing-network"

  vpc_id              = var.vpc_id
  private_subnet_ids  = var.private_subnet_ids
  database_subnet_ids = var.database_subnet_ids
  cluster_name        = var.name
  set_tags            = true
}

module "cluster" {
  source = "../../cluster"

  name                     = var.name
  kubernetes_version       = var.kubernetes_version
  vpc_id                   = var.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  control_plane_subnet_ids = module.network.intra_subnet_ids
  system_nodes             = { instance_types = var.system_instance_types, min = 2, max = 4, ami = "bottlerocket" }
  permissions_boundary     = var.permissions_boundary
}

module "karpenter" {
  source = "../../karpenter"

  cluster_name         = module.cluster.name
  node_role            = { arn = module.cluster.node_role_arn }
  permissions_boundary = var.permissions_boundary
}

module "database" {
  source = "../../database"

  name                      = var.name
  vpc_id                    = var.vpc_id
  subnet_ids                = module.network.database_subnet_ids
  engine_version            = "17"
  instance_class            = var.database.instance_class
  storage_gib               = var.database.storage_gib
  max_storage_gib           = 500
  multi_az                  = true
  client_security_group_ids = { cluster = module.cluster.security_group_id }
  deletion_protection       = var.protected
  final_snapshot            = var.protected
  permissions_boundary      = var.permissions_boundary
}
