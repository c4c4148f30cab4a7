# Everything from nothing: network, cluster, Karpenter, GPU nodes, database, bucket and the way in.

data "aws_caller_identity" "current" {}

module "network" {
  source = "../../network"

  name                 = var.name
  cidr                 = "10.20.0.0/16"
  zones                = var.zones
  pods_cidr            = "100.64.0.0/16"
  nat                  = { mode = var.nat_mode }
  interface_endpoints  = ["ecr.api", "ecr.dkr", "sts"]
  cluster_name         = var.name
  permissions_boundary = var.permissions_boundary
}

module "cluster" {
  source = "../../cluster"

  name                     = var.name
  kubernetes_version       = var.kubernetes_version
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  control_plane_subnet_ids = module.network.intra_subnet_ids
  system_nodes             = { instance_types = var.system_instance_types, min = 2, max = 4, ami = "al2023" }
  extra_addons             = ["aws-efs-csi-driver"]

  pod_subnets = {
    for zone, subnet in module.network.pod_subnet_ids :
    zone => { subnet_id = subnet, zone_name = module.network.zones[zone].name }
  }
  permissions_boundary = var.permissions_boundary
}

module "karpenter" {
  source = "../../karpenter"

  cluster_name         = module.cluster.name
  permissions_boundary = var.permissions_boundary
}

module "gpu" {
  source = "../../node-group"

  name               = "gpu"
  cluster_name       = module.cluster.name
  kubernetes_version = module.cluster.version
  subnet_ids         = module.network.private_subnet_ids
  security_group_ids = { cluster = module.cluster.security_group_id }
  node_role          = { arn = module.cluster.node_role_arn }

  instance_types       = ["g6.xlarge", "g5.xlarge"]
  accelerator          = "nvidia"
  size                 = { min = 0, max = 2 }
  taints               = { "nvidia.com/gpu" = { value = "true", effect = "NO_SCHEDULE" } }
  permissions_boundary = var.permissions_boundary
}

module "database" {
  source = "../../database"

  name                      = var.name
  vpc_id                    = module.network.vpc_id
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

module "artifacts" {
  source = "../../object-store"

  name          = "${var.name}-${data.aws_caller_identity.current.account_id}"
  force_destroy = !var.protected
}

resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:Signing needs records in the parent zone, which is not in this example.
  #checkov:skip=CKV2_AWS_39:Query logs of public zones live in one region for all accounts, apart from the platform.
  name = var.domain
}

module "ingress" {
  source = "../../ingress"

  name         = var.name
  vpc_id       = module.network.vpc_id
  subnet_ids   = module.network.public_subnet_ids
  domains      = ["*.${var.domain}", var.domain]
  dns          = { zone_id = aws_route53_zone.this.zone_id }
  allowed_from = { office = "203.0.113.0/24" }

  default_target           = "gateway"
  target_security_group_id = module.cluster.security_group_id
  deletion_protection      = var.protected
  force_destroy_logs       = !var.protected

  targets = {
    gateway = {
      port    = 8443
      service = { namespace = "istio-system", name = "tfy-istio-ingress", port = 443 }
      health  = { port = 15021, path = "/healthz/ready", protocol = "HTTP" }
    }
  }
}
