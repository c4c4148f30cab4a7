locals {
  own_log_bucket = var.access_logs.bucket == null

  # In regions with long names a long name of ours would not fit into the 63 characters of a bucket's.
  whole_log_bucket = "${var.name}-ingress-logs-${local.account_id}-${data.aws_region.current.id}"
  short_log_bucket = "${var.name}-logs-${local.account_id}-${substr(sha256(local.whole_log_bucket), 0, 8)}"
  new_log_bucket   = length(local.whole_log_bucket) <= 63 ? local.whole_log_bucket : local.short_log_bucket

  log_bucket     = local.own_log_bucket ? one(aws_s3_bucket.logs[*].bucket) : var.access_logs.bucket.name
  log_bucket_arn = "arn:${local.partition}:s3:::${local.new_log_bucket}"
  log_bucket_set = toset(local.own_log_bucket ? ["logs"] : [])
}

# `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
data "aws_region" "current" {}

resource "aws_s3_bucket" "logs" {
  #checkov:skip=CKV_AWS_18:The log bucket of a log bucket would have no end; CloudTrail data events cover who reads it.
  #checkov:skip=CKV_AWS_144:Access logs are kept where they arise; a replica would need a second region.
  #checkov:skip=CKV_AWS_145:Load balancers deliver access logs only to buckets encrypted with S3's own keys (SSE-S3).
  count = local.own_log_bucket ? 1 : 0

  bucket        = local.new_log_bucket
  force_destroy = var.force_destroy_logs

  lifecycle {
    create_before_destroy = true # gone after the load balancer writes to the bucket that is given instead
  }
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  count = local.own_log_bucket ? 1 : 0

  bucket = aws_s3_bucket.logs[0].bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "logs" {
  count = local.own_log_bucket ? 1 : 0

  bucket = aws_s3_bucket.logs[0].bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true

  lifecycle {
    create_before_destroy = true # as long as there is something in it
  }
}

resource "aws_s3_bucket_versioning" "logs" {
  count = local.own_log_bucket ? 1 : 0

  bucket = aws_s3_bucket.logs[0].bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  count = local.own_log_bucket ? 1 : 0

  bucket = aws_s3_bucket.logs[0].bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  count = local.own_log_bucket ? 1 : 0

  bucket = aws_s3_bucket.logs[0].bucket

  rule {
    id     = "expire-logs"
    status = "Enabled"

    filter {}

    expiration {
      days = var.access_logs.days
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # S3 takes a rule on versions of a bucket only once it keeps versions.
  depends_on = [aws_s3_bucket_versioning.logs]
}

resource "aws_s3_bucket_notification" "logs" {
  count = local.own_log_bucket ? 1 : 0

  bucket      = aws_s3_bucket.logs[0].bucket
  eventbridge = true
}

data "aws_iam_policy_document" "logs" {
  for_each = local.log_bucket_set

  statement {
    sid       = "LoadBalancersOfThisAccountDeliverLogs"
    actions   = ["s3:PutObject"]
    resources = ["${local.log_bucket_arn}/AWSLogs/${local.account_id}/*"]

    # Names without a region or partition form: one for each kind of load balancer.
    principals {
      type        = "Service"
      identifiers = [local.alb ? "logdelivery.elasticloadbalancing.amazonaws.com" : "delivery.logs.amazonaws.com"]
    }

    dynamic "condition" {
      for_each = local.alb ? [] : ["this"]

      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account_id]
      }
    }
  }

  # The service that delivers for an `nlb` asks first whether it may.
  dynamic "statement" {
    for_each = local.alb ? [] : ["this"]

    content {
      sid       = "DeliveryLooksAtTheBucket"
      actions   = ["s3:GetBucketAcl"]
      resources = [local.log_bucket_arn]

      principals {
        type        = "Service"
        identifiers = ["delivery.logs.amazonaws.com"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account_id]
      }
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
  count = local.own_log_bucket ? 1 : 0

  bucket = aws_s3_bucket.logs[0].bucket
  policy = data.aws_iam_policy_document.logs["logs"].json

  lifecycle {
    create_before_destroy = true # as long as the load balancer writes there
  }

  # S3 refuses two changes of a bucket's access at once.
  depends_on = [aws_s3_bucket_public_access_block.logs]
}
