# A cluster with Auto Mode, node pools of one's own beside those of EKS, drivers for S3 and FSx, add-ons for DNS and
# certificates, and developers who may edit one namespace, in a network made beside it.

data "aws_caller_identity" "current" {}

module "network" {
  source = "../../../network"

  name         = "acme-dev"
  cidr         = "10.20.0.0/16"
  zones        = var.zones
  nat          = { mode = "single" }
  cluster_name = "acme-dev"
}

module "models" {
  source = "../../../object-store"

  name          = "acme-dev-models-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
}

module "cluster" {
  source = "../.."

  name                     = "acme-dev"
  kubernetes_version       = "1.33"
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  control_plane_subnet_ids = module.network.intra_subnet_ids
  system_nodes             = { instance_types = ["m7g.large"], min = 2, max = 4, ami = "bottlerocket" }
  auto_mode                = { own_pools = true }
  extra_addons             = ["aws-efs-csi-driver", "metrics-server"]
  endpoint_private_from    = { vpn = "10.8.0.0/16" }
  access_entries           = var.access_entries

  addons = {
    amazon-cloudwatch-observability = {}
    aws-ebs-csi-driver              = { kms_key_arns = { models = module.models.kms_key_arn } }
    aws-fsx-csi-driver              = {}
    aws-mountpoint-s3-csi-driver    = { buckets = { models = { arn = module.models.arn, prefix = "public" } }, kms_key_arns = { models = module.models.kms_key_arn } }
    cert-manager                    = { zone_ids = var.zone_ids }
    eks-node-monitoring-agent       = { enabled = false }
    external-dns                    = { zone_ids = var.zone_ids }
  }
}
