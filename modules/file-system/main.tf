data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id

  port = 2049
}

resource "aws_efs_file_system" "this" {
  creation_token                  = var.name
  encrypted                       = true
  kms_key_id                      = local.key_arn
  performance_mode                = "generalPurpose" # the other mode has more latency and is not to be had with elastic throughput
  throughput_mode                 = var.throughput_mode
  provisioned_throughput_in_mibps = var.provisioned_mibps

  dynamic "lifecycle_policy" {
    for_each = var.infrequent_access_days == null ? [] : [var.infrequent_access_days]

    content {
      transition_to_ia = lifecycle_policy.value == 1 ? "AFTER_1_DAY" : "AFTER_${lifecycle_policy.value}_DAYS"
    }
  }

  dynamic "lifecycle_policy" {
    for_each = var.infrequent_access_days == null ? [] : ["back"]

    content {
      transition_to_primary_storage_class = "AFTER_1_ACCESS"
    }
  }

  tags = { Name = var.name }

  lifecycle {
    ignore_changes = [kms_key_id] # another key would make it anew, without its files

    postcondition {
      condition     = self.kms_key_id == local.key_arn
      error_message = "The file system `${var.name}` is encrypted with another key than `kms_key_arn`, and EFS cannot change that. Leave `kms_key_arn` as it was; for another key, make another file system and copy the files."
    }
  }
}

resource "aws_efs_backup_policy" "this" {
  file_system_id = aws_efs_file_system.this.id

  backup_policy {
    status = var.backups ? "ENABLED" : "DISABLED"
  }
}

resource "aws_efs_mount_target" "this" {
  for_each = var.subnet_ids

  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = each.value
  security_groups = [aws_security_group.this.id]
}

resource "aws_efs_access_point" "this" {
  for_each = var.access_points

  file_system_id = aws_efs_file_system.this.id

  posix_user {
    uid = each.value.uid
    gid = each.value.gid
  }

  root_directory {
    path = each.value.path

    creation_info {
      owner_uid   = each.value.uid
      owner_gid   = each.value.gid
      permissions = each.value.permissions
    }
  }

  tags = { Name = "${var.name}-${each.key}" }
}

# Nobody is root by knowing the address: without this policy every client of the network is.
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "MountThroughMountTargets"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.this.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "elasticfilesystem:AccessedViaMountTarget"
      values   = ["true"]
    }
  }

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["*"]
    resources = [aws_efs_file_system.this.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  # EFS knows no other protection from deletion. The policy itself must stay too: it goes before the file system.
  dynamic "statement" {
    for_each = var.deletion_protection ? ["this"] : []

    content {
      sid       = "NobodyDeletesTheFileSystem"
      effect    = "Deny"
      actions   = ["elasticfilesystem:DeleteFileSystem", "elasticfilesystem:DeleteFileSystemPolicy"]
      resources = [aws_efs_file_system.this.arn]

      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
  }
}

resource "aws_efs_file_system_policy" "this" {
  file_system_id = aws_efs_file_system.this.id
  policy         = data.aws_iam_policy_document.this.json

  # The first to go on a destroy: where AWS refuses that, everything else is still there and in use.
  depends_on = [
    aws_efs_access_point.this,
    aws_efs_backup_policy.this,
    aws_efs_mount_target.this,
    aws_vpc_security_group_ingress_rule.client,
  ]
}
