mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name = "acme-dev-123456789012"
}

run "defaults" {
  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == aws_kms_key.this[0].arn && aws_kms_key.this[0].enable_key_rotation
    error_message = "Objects are encrypted with a key of our own that rotates."
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled" && aws_s3_bucket_versioning.logs.versioning_configuration[0].status == "Enabled"
    error_message = "Versions are kept."
  }

  assert {
    condition = alltrue([
      for block in [aws_s3_bucket_public_access_block.this, aws_s3_bucket_public_access_block.logs] :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ])
    error_message = "Nothing can be made public."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced" && aws_s3_bucket_ownership_controls.logs.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "The owner of the bucket owns its objects."
  }

  assert {
    condition     = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : try(rule.noncurrent_version_expiration[0].noncurrent_days == 90, false)]) && anytrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : try(rule.abort_incomplete_multipart_upload[0].days_after_initiation == 7, false)])
    error_message = "Old versions and stale uploads go."
  }

  assert {
    condition     = aws_s3_bucket_notification.this.eventbridge
    error_message = "EventBridge hears of every object."
  }

  assert {
    condition     = aws_s3_bucket_logging.this.target_bucket == aws_s3_bucket.logs.bucket && aws_s3_bucket.logs.bucket == "acme-dev-123456789012-logs"
    error_message = "Access is logged into the bucket for logs."
  }

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) == 0 && !aws_s3_bucket.this.force_destroy && !aws_s3_bucket.logs.force_destroy
    error_message = "No CORS and no deletion of objects unless asked for."
  }
}

run "tls_only" {
  command = plan

  assert {
    condition = alltrue([
      for statement in [data.aws_iam_policy_document.bucket.statement[0], data.aws_iam_policy_document.logs.statement[1]] :
      statement.effect == "Deny" && one(statement.condition).variable == "aws:SecureTransport" && one(statement.condition).values == tolist(["false"])
    ])
    error_message = "Both buckets refuse requests without TLS."
  }

  assert {
    condition     = data.aws_iam_policy_document.bucket.statement[1].effect == "Deny" && one(data.aws_iam_policy_document.bucket.statement[1].condition).variable == "s3:TlsVersion"
    error_message = "And requests with TLS older than 1.2."
  }

  assert {
    condition     = data.aws_iam_policy_document.bucket.statement[0].resources == toset(["arn:aws-cn:s3:::acme-dev-123456789012", "arn:aws-cn:s3:::acme-dev-123456789012/*"])
    error_message = "In the partition at hand."
  }
}

run "log_delivery" {
  command = plan

  assert {
    condition     = { for condition in data.aws_iam_policy_document.logs.statement[0].condition : condition.variable => one(condition.values) } == { "aws:SourceAccount" = "123456789012", "aws:SourceArn" = "arn:aws-cn:s3:::acme-dev-123456789012" }
    error_message = "S3 writes the logs of this one bucket there."
  }
}

run "cors" {
  command = plan

  variables {
    cors_allowed_origins = ["https://acme.truefoundry.cloud"]
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_origins == toset(["https://acme.truefoundry.cloud"]) && !contains(one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_headers, "*")
    error_message = "The listed origin and no wildcard."
  }
}

run "life_cycle" {
  command = plan

  variables {
    expirations  = { traces = { prefix = "traces/", days = 30 } }
    tiering_days = 60
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this.rule) == 4 && anytrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.id == "expire-traces" && try(rule.filter[0].prefix == "traces/" && rule.expiration[0].days == 30, false)])
    error_message = "What is named expires, and nothing else."
  }

  assert {
    condition     = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : try(one(rule.transition).storage_class == "INTELLIGENT_TIERING" && one(rule.transition).days == 60, false)])
    error_message = "Objects find their cheapest storage."
  }
}
