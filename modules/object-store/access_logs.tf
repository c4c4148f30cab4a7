locals {
  log_bucket     = "${var.name}-logs"
  log_bucket_arn = "arn:${local.partition}:s3:::${local.log_bucket}"
}

resource "aws_s3_bucket" "logs" {
  #checkov:skip=CKV_AWS_18:The log bucket of the log bucket would have no end; CloudTrail data events cover who reads it.
  #checkov:skip=CKV_AWS_144:Logs about objects are kept beside the objects; a replica would need a second region.
  #checkov:skip=CKV_AWS_145:S3 delivers access logs only to buckets encrypted with its own keys (SSE-S3).
  bucket        = local.log_bucket
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket = aws_s3_bucket.logs.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.bucket

  rule {
    id     = "expire-logs"
    status = "Enabled"

    filter {}

    expiration {
      days = var.access_log_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.logs]
}

resource "aws_s3_bucket_notification" "logs" {
  bucket      = aws_s3_bucket.logs.bucket
  eventbridge = true
}

data "aws_service_principal" "logging" {
  service_name = "logging.s3"
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "S3DeliversTheLogsOfOneBucket"
    actions   = ["s3:PutObject"]
    resources = ["${local.log_bucket_arn}/access/*"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.logging.name]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.bucket_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.log_bucket_arn, "${local.log_bucket_arn}/*"]

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

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.bucket
  policy = data.aws_iam_policy_document.logs.json

  depends_on = [aws_s3_bucket_public_access_block.logs]
}

resource "aws_s3_bucket_logging" "this" {
  bucket        = aws_s3_bucket.this.bucket
  target_bucket = aws_s3_bucket_policy.logs.bucket # only once S3 may write there
  target_prefix = "access/"
}
