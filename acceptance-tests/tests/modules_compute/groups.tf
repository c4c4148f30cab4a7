# What only inputs of now can say.

variable "block" {
  type = string
}

variable "adapters" {
  type = bool
}

module "block" {
  source = "../node-group"

  name               = "block"
  cluster_name       = local.common.cluster_name
  kubernetes_version = local.common.kubernetes_version
  security_group_ids = local.common.security_group_ids
  node_role          = local.common.node_role
  subnet_ids         = local.common.one_zone

  instance_types          = ["p5.48xlarge"]
  accelerator             = "nvidia"
  size                    = { min = 0, max = 2, desired = 2 }
  capacity_type           = "CAPACITY_BLOCK"
  capacity_reservation_id = var.block
  efa                     = true
}

module "adapters" {
  source = "../node-group"

  name               = "adapters"
  cluster_name       = local.common.cluster_name
  kubernetes_version = local.common.kubernetes_version
  security_group_ids = local.common.security_group_ids
  node_role          = local.common.node_role
  subnet_ids         = local.common.one_zone

  instance_types = ["p4d.24xlarge"]
  accelerator    = "nvidia"
  size           = { min = 1, max = 2 }
  efa            = var.adapters
}

module "validated" {
  source = "../node-group"

  name               = "validated"
  cluster_name       = local.common.cluster_name
  kubernetes_version = local.common.kubernetes_version
  security_group_ids = local.common.security_group_ids
  node_role          = local.common.node_role
  subnet_ids         = local.common.two_zones

  instance_types       = ["m7g.large"]
  size                 = { min = 1, max = 2 }
  ami                  = "bottlerocket"
  fips                 = true
  ami_release_version  = "newest"
  force_update_version = true
  timeouts             = { update = "4h" }
}
