# One key for everything of the database: storage, snapshots, master secret, insights and logs. An own one, or a given one
# that lives as long as its owner wants.

locals {
  key_arn = var.kms_key_arn == null ? one(aws_kms_key.this[*].arn) : var.kms_key_arn

  # What a destroy leaves behind is encrypted with this key, and without it nobody reads it again.
  outlived = var.final_snapshot || !var.delete_automated_backups
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "AccountAdministersThroughIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "CloudWatchLogsEncryptsTheseGroups"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.${data.aws_partition.current.dns_suffix}"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = [for group in values(local.log_groups) : "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:${group}"]
    }
  }

  # A destroy takes the final snapshot and would then delete the key that it needs. It stops here instead: the README says what then.
  dynamic "statement" {
    for_each = local.outlived ? ["this"] : []

    content {
      sid       = "NobodyDeletesWhatTheFinalSnapshotNeeds"
      effect    = "Deny"
      actions   = ["kms:ScheduleKeyDeletion"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = ["*"]
      }
    }
  }
}

resource "aws_kms_key" "this" {
  count = var.kms_key_arn == null ? 1 : 0

  description             = "Database ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json

  tags = { Name = "${var.name}-database" }
}

resource "aws_kms_alias" "this" {
  count = var.kms_key_arn == null ? 1 : 0

  name          = "alias/${var.name}-database"
  target_key_id = aws_kms_key.this[0].key_id
}

moved {
  from = aws_kms_key.this
  to   = aws_kms_key.this[0]
}

moved {
  from = aws_kms_alias.this
  to   = aws_kms_alias.this[0]
}
