# An instance in a network of its own, for a security group that stands for a cluster's.

module "network" {
  source = "../../../network"

  name                = "acme-dev"
  cidr                = "10.0.0.0/20"
  zones               = var.zones
  nat                 = { mode = "none" }
  cluster_name        = null
  interface_endpoints = ["ec2messages", "ssm", "ssmmessages"]
}

resource "aws_security_group" "cluster" {
  #checkov:skip=CKV2_AWS_5:It stands for the group of a cluster, which the example has none of.
  name_prefix = "acme-dev-cluster-"
  description = "In the place of a cluster's"
  vpc_id      = module.network.vpc_id
}

module "jump_host" {
  source = "../.."

  name                      = "acme-dev"
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  cluster_security_group_id = aws_security_group.cluster.id
  internet                  = false
}
