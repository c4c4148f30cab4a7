# Nodes, Karpenter and a database for a cluster that somebody else made, in their network.

module "network" {
  source = "../../existing-network"

  vpc_id              = var.vpc_id
  private_subnet_ids  = var.private_subnet_ids
  database_subnet_ids = var.database_subnet_ids
  cluster_name        = var.cluster_name
  set_tags            = true
}

module "cluster" {
  source = "../../existing-cluster"

  name              = var.cluster_name
  vpc_id            = var.vpc_id
  set_discovery_tag = true
}

module "karpenter" {
  source = "../../karpenter"

  cluster_name         = module.cluster.name
  permissions_boundary = var.permissions_boundary
}

module "nodes" {
  source = "../../node-group"

  name               = "platform"
  cluster_name       = module.cluster.name
  kubernetes_version = module.cluster.version
  subnet_ids         = module.network.private_subnet_ids
  security_group_ids = { cluster = module.cluster.security_group_id }

  instance_types       = var.instance_types
  size                 = { min = 2, max = 4 }
  labels               = { "class.truefoundry.com/component" = "critical" }
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
