# Types whose names say another architecture than they have, or none. The second has come after all tables.

module "grace" {
  source = "../node-group"

  name               = "grace"
  cluster_name       = local.common.cluster_name
  kubernetes_version = local.common.kubernetes_version
  security_group_ids = local.common.security_group_ids
  node_role          = local.common.node_role
  subnet_ids         = local.common.one_zone

  instance_types = ["p6e-gb200.36xlarge"]
  accelerator    = "nvidia"
  size           = { min = 0, max = 1 }
}

module "later" {
  source = "../node-group"

  name               = "later"
  cluster_name       = local.common.cluster_name
  kubernetes_version = local.common.kubernetes_version
  security_group_ids = local.common.security_group_ids
  node_role          = local.common.node_role
  subnet_ids         = local.common.two_zones

  instance_types = ["q1-grace.large"]
  size           = { min = 1, max = 2 }
}
