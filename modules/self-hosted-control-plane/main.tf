data "aws_region" "current" {}

data "aws_partition" "current" {}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region     = data.aws_region.current.id
  dns_suffix = data.aws_partition.current.dns_suffix
}

module "database" {
  source = "../database"

  name                        = var.name
  vpc_id                      = var.vpc_id
  subnet_ids                  = var.subnet_ids
  client_security_group_ids   = var.client_security_group_ids
  engine_version              = var.engine_version
  instance_class              = var.instance_class
  storage_gib                 = var.storage_gib
  max_storage_gib             = var.max_storage_gib
  multi_az                    = var.multi_az
  backup_retention_days       = var.backup_retention_days
  deletion_protection         = var.deletion_protection
  final_snapshot              = var.final_snapshot
  allow_major_version_upgrade = var.allow_major_version_upgrade
  apply_immediately           = var.apply_immediately
  kms_key_arn                 = var.kms_key_arn
  master_password             = var.master_password
  master_password_version     = var.master_password_version
  restore_from_snapshot       = var.restore_from_snapshot
  permissions_boundary        = var.permissions_boundary
}

module "bucket" {
  source = "../object-store"

  name                    = var.bucket_name
  force_destroy           = var.force_destroy
  cors_allowed_origins    = var.cors_allowed_origins
  noncurrent_version_days = var.noncurrent_version_days
  kms_key_arn             = var.kms_key_arn
}

module "role" {
  source = "../workload-identity"

  name                 = "${var.name}-control"
  description          = "The TrueFoundry control plane ${var.name}"
  identity             = var.identity
  cluster_arn          = var.cluster_arn
  oidc_provider_arn    = var.oidc_provider_arn
  service_accounts     = { for account in var.service_accounts : account => { namespace = var.namespace, name = account } }
  policies             = merge(var.policies, { control-plane = data.aws_iam_policy_document.control_plane.minified_json })
  permissions_boundary = var.permissions_boundary
}

data "aws_iam_policy_document" "control_plane" {
  statement {
    sid       = "FindObjects"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [module.bucket.arn]
  }

  statement {
    sid = "KeepObjects"
    actions = [
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:GetObject",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ]
    resources = ["${module.bucket.arn}/*"]
  }

  statement {
    sid       = "UseTheBucketsKeyThroughS3"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [module.bucket.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.${local.dns_suffix}"]
    }
  }

  statement {
    sid       = "SignInToTheDatabaseAsOneUser"
    actions   = ["rds-db:connect"]
    resources = [module.database.connect_arn]
  }

  dynamic "statement" {
    for_each = length(var.platform_role_arns) > 0 ? ["platforms"] : []

    content {
      sid       = "WorkInTheConnectedAccounts"
      actions   = ["sts:AssumeRole"]
      resources = values(var.platform_role_arns)
    }
  }
}
