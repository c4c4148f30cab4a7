locals {
  flow_logs_to_s3  = var.flow_logs_to_s3 == null ? 0 : 1
  flow_logs_bucket = local.flow_logs_to_s3 == 1 && try(var.flow_logs_to_s3.bucket_arn, null) == null ? 1 : 0

  # Who delivers logs of AWS services, under one name in all partitions.
  log_delivery = "delivery.logs.amazonaws.com"
}

data "aws_iam_policy_document" "flow_logs_bucket_key" {
  count = local.flow_logs_bucket

  statement {
    sid       = "AccountAdministersThroughIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }

  statement {
    sid       = "DeliveryEncryptsFlowLogs"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = [local.log_delivery]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_kms_key" "flow_logs_bucket" {
  count = local.flow_logs_bucket

  description             = "Flow logs of the network ${var.name} in S3"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.flow_logs_bucket_key[0].json

  tags = { Name = "${var.name}-flow-logs-s3" }
}

resource "aws_kms_alias" "flow_logs_bucket" {
  count = local.flow_logs_bucket

  name          = "alias/${var.name}-flow-logs-s3"
  target_key_id = aws_kms_key.flow_logs_bucket[0].key_id
}

resource "aws_s3_bucket" "flow_logs" {
  #checkov:skip=CKV_AWS_18:The log bucket of a log bucket would have no end; CloudTrail data events cover who reads flow logs.
  #checkov:skip=CKV_AWS_144:Flow logs are kept where the network is; a replica would need a second region.
  count = local.flow_logs_bucket

  # With a suffix that AWS makes, since a name with account and region would not fit everywhere.
  bucket_prefix = "${var.name}-flow-logs-"
  force_destroy = var.flow_logs_to_s3.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "flow_logs" {
  count = local.flow_logs_bucket

  bucket = aws_s3_bucket.flow_logs[0].bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "flow_logs" {
  count = local.flow_logs_bucket

  bucket = aws_s3_bucket.flow_logs[0].bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "flow_logs" {
  count = local.flow_logs_bucket

  bucket = aws_s3_bucket.flow_logs[0].bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "flow_logs" {
  count = local.flow_logs_bucket

  bucket = aws_s3_bucket.flow_logs[0].bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.flow_logs_bucket[0].arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "flow_logs" {
  count = local.flow_logs_bucket

  bucket = aws_s3_bucket.flow_logs[0].bucket

  rule {
    id     = "expire-logs"
    status = "Enabled"

    filter {}

    expiration {
      days = var.flow_logs_to_s3.days
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # S3 takes a rule on versions of a bucket only once it keeps versions.
  depends_on = [aws_s3_bucket_versioning.flow_logs]
}

resource "aws_s3_bucket_notification" "flow_logs" {
  count = local.flow_logs_bucket

  bucket      = aws_s3_bucket.flow_logs[0].bucket
  eventbridge = true
}

data "aws_iam_policy_document" "flow_logs_bucket" {
  count = local.flow_logs_bucket

  statement {
    sid       = "DeliveryWritesFlowLogs"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.flow_logs[0].arn}/AWSLogs/*"]

    principals {
      type        = "Service"
      identifiers = [local.log_delivery]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.logs_arn}:*"]
    }
  }

  statement {
    sid       = "DeliveryLooksAtTheBucket"
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = [aws_s3_bucket.flow_logs[0].arn]

    principals {
      type        = "Service"
      identifiers = [local.log_delivery]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.logs_arn}:*"]
    }
  }

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.flow_logs[0].arn, "${aws_s3_bucket.flow_logs[0].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "flow_logs" {
  count = local.flow_logs_bucket

  bucket = aws_s3_bucket.flow_logs[0].bucket
  policy = data.aws_iam_policy_document.flow_logs_bucket[0].json

  # S3 refuses two changes of a bucket's access at once.
  depends_on = [aws_s3_bucket_public_access_block.flow_logs]
}

resource "aws_flow_log" "s3" {
  count = local.flow_logs_to_s3

  vpc_id               = aws_vpc.this.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = local.flow_logs_bucket == 1 ? one(aws_s3_bucket.flow_logs[*].arn) : var.flow_logs_to_s3.bucket_arn

  destination_options {
    file_format                = var.flow_logs_to_s3.parquet ? "parquet" : "plain-text"
    hive_compatible_partitions = var.flow_logs_to_s3.hive_partitions
    per_hour_partition         = var.flow_logs_to_s3.hourly_partitions
  }

  tags = { Name = "${var.name}-s3" }

  # AWS completes a policy that does not let it write, which the next plan would take back; a key that does not is an error.
  depends_on = [aws_s3_bucket_policy.flow_logs, aws_s3_bucket_server_side_encryption_configuration.flow_logs]
}
