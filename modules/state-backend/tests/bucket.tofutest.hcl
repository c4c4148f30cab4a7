# Made by `cargo xtask gen` for OpenTofu, of `bucket.tftest.hcl`.

mock_provider "aws" {
  # A partition, region and suffix that no literal would guess.

  mock_data "aws_partition" {
    defaults = {
      partition          = "aws-cn"
      dns_suffix         = "amazonaws.com.cn"
      reverse_dns_prefix = "cn.com.amazonaws"
    }
  }

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_data "aws_service_principal" {
    defaults = {
      name = "service.amazonaws.com"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{}"
      minified_json = "{}"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn    = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      key_id = "00000000-0000-0000-0000-000000000000"
    }
  }

  mock_data "aws_region" {
    defaults = {
      id = "cn-north-1"
    }
  }
}

variables {
  name = "acme-states"
}

run "states_are_kept" {
  assert {
    condition     = !aws_s3_bucket.this.force_destroy && aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "A bucket with states is not destroyed, and every state keeps its versions."
  }

  assert {
    condition = one([
      for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.noncurrent_version_expiration[0] if rule.id == "forget-old-states"
    ]).newer_noncurrent_versions == 50
    error_message = "Fifty versions stay however old."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : alltrue([for expiration in rule.expiration : coalesce(expiration.days, 0) == 0])])
    error_message = "A present state never expires."
  }
}

run "encrypted_and_closed" {
  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].kms_master_key_id == aws_kms_key.this[0].arn && aws_kms_key.this[0].enable_key_rotation
    error_message = "States are encrypted with a key that rotates."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls, aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls, aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "Nothing of it is public."
  }

  assert {
    condition     = toset([for statement in data.aws_iam_policy_document.bucket.statement : statement.sid if statement.effect == "Deny"]) == toset(["DenyOldTls", "DenyOtherAccounts", "DenyOtherEncryption", "DenyWithoutTls"])
    error_message = "Plain HTTP, old TLS, other encryption and other accounts are denied."
  }

  assert {
    condition     = aws_s3_bucket_logging.this.target_bucket == aws_s3_bucket.logs.bucket
    error_message = "Who reads or writes a state is logged."
  }
}

run "backend" {
  assert {
    condition     = output.backend.use_lockfile && output.backend.encrypt && output.backend.kms_key_id == aws_kms_key.this[0].arn && output.backend.region == "cn-north-1"
    error_message = "The backend locks with a file and encrypts with the key."
  }

  assert {
    condition = [for statement in jsondecode(output.policies.plan).Statement : statement.Resource if contains(statement.Action, "s3:PutObject")] == [
      "arn:aws-cn:s3:::acme-states/*.tflock",
    ]
    error_message = "A plan writes locks, never states."
  }

  assert {
    condition     = contains([for statement in jsondecode(output.policies.apply).Statement : statement.Sid], "WriteStates") && !strcontains(output.policies.apply, "s3:*")
    error_message = "An apply writes states, with named actions."
  }

  assert {
    condition     = one([for statement in jsondecode(output.policies.apply).Statement : statement.Condition.StringEquals["kms:ViaService"] if statement.Sid == "UseTheKeyThroughS3"]) == "s3.cn-north-1.amazonaws.com.cn"
    error_message = "The key is used through S3 of the region at hand."
  }
}
