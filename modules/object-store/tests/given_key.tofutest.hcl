# Made by `cargo xtask gen` for OpenTofu, of `given_key.tftest.hcl`.

# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

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
}

variables {
  name = "acme-dev-123456789012"
}

run "given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && length(aws_kms_alias.this) == 0 && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" && output.kms_key_arn == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
    error_message = "A given key is used instead of one of our own."
  }
}

run "own" {
}

run "another_later" {
  command = plan

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
  }

  expect_failures = [aws_s3_bucket_server_side_encryption_configuration.this]
}
