# Stores of metrics (Thanos, Mimir) and logs (Loki) that keep their blocks in S3, and what runs workflows, which keeps their
# inputs and outputs there: one bucket, below one prefix.

locals {
  stores = {
    for name, store in { log-store = var.log_store, metrics-store = var.metrics_store, workflow-propeller = var.workflow_propeller } : name => {
      bucket_arn                   = store.bucket_arn
      kms_key_arn                  = store.kms_key_arn
      below                        = store.prefix == "" ? "" : "${store.prefix}/"
    } if store != null
  }
}

data "aws_iam_policy_document" "store" {
  for_each = local.stores

  statement {
    sid       = "FindTheBucket"
    actions   = ["s3:GetBucketLocation"]
    resources = [each.value.bucket_arn]
  }

  statement {
    sid       = "ListObjectsBelowThePrefix"
    actions   = ["s3:ListBucket"]
    resources = [each.value.bucket_arn]

    dynamic "condition" {
      for_each = each.value.below == "" ? [] : ["this"]

      content {
        test     = "StringLike"
        variable = "s3:prefix"
        values   = ["${each.value.below}*"]
      }
    }
  }

  statement {
    sid = "KeepObjectsBelowThePrefix"
    actions = [
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:GetObject",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ]
    resources = ["${each.value.bucket_arn}/${each.value.below}*"]
  }

  statement {
    sid       = "UseTheBucketsKeyThroughS3"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [each.value.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.${local.dns_suffix}"]
    }
  }
}
