# Made by `cargo xtask gen` for OpenTofu, of `flow_logs.tftest.hcl`.

mock_provider "aws" {
  # A partition, region and suffix that no literal would guess.

  mock_data "aws_partition" {
    defaults = {
      partition          = "aws-cn"
      dns_suffix         = "amazonaws.com.cn"
      reverse_dns_prefix = "cn.com.amazonaws"
    }
  }

  mock_data "aws_region" {
    defaults = {
      id = "cn-north-1"
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

  mock_data "aws_availability_zones" {
    defaults = {
      zone_ids = ["cnn1-az1", "cnn1-az2", "cnn1-az3", "cnn1-az4"]
      names    = ["cn-north-1a", "cn-north-1b", "cn-north-1c", "cn-north-1d"]
    }
  }

  mock_data "aws_vpc_endpoint_service" {
    defaults = {
      service_name                  = "cn.com.amazonaws.cn-north-1.mocked"
      availability_zones            = ["cn-north-1a", "cn-north-1b"]
      vpc_endpoint_policy_supported = true
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{}"
      minified_json = "{}"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:role/mocked"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn    = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      key_id = "00000000-0000-0000-0000-000000000000"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws-cn:logs:cn-north-1:123456789012:log-group:mocked"
    }
  }

  mock_resource "aws_s3_bucket" {
    defaults = {
      arn    = "arn:aws-cn:s3:::acme-dev-flow-logs-mocked"
      bucket = "acme-dev-flow-logs-mocked"
    }
  }
}

variables {
  name  = "acme-dev"
  cidr  = "10.20.0.0/16"
  zones = ["cnn1-az1", "cnn1-az2"]
}

run "on_by_default" {
  assert {
    condition     = aws_flow_log.this[0].vpc_id == aws_vpc.this.id && aws_flow_log.this[0].traffic_type == "ALL" && aws_flow_log.this[0].log_destination == aws_cloudwatch_log_group.flow_logs[0].arn
    error_message = "All traffic of the VPC is logged to the group."
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow_logs[0].kms_key_id == aws_kms_key.flow_logs[0].arn && aws_cloudwatch_log_group.flow_logs[0].retention_in_days == 365
    error_message = "The group is encrypted with its own key and kept for a year."
  }

  assert {
    condition     = aws_kms_key.flow_logs[0].enable_key_rotation
    error_message = "The key rotates."
  }
}

# Defect: a policy that spells one region and the partition `aws`.
run "no_literal_of_region_or_partition" {
  command = plan

  assert {
    condition     = data.aws_iam_policy_document.flow_logs[0].statement[0].resources == toset(["arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/vpc/acme-dev/flow-logs", "arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/vpc/acme-dev/flow-logs:*"])
    error_message = "The role writes to its group, in the region and partition at hand."
  }

  assert {
    condition     = data.aws_iam_policy_document.flow_logs_key[0].statement[1].principals == toset([{ type = "Service", identifiers = toset(["logs.cn-north-1.amazonaws.com.cn"]) }])
    error_message = "The service's name has the region and suffix at hand."
  }

  assert {
    condition = anytrue([
      for condition in data.aws_iam_policy_document.flow_logs_key[0].statement[1].condition :
      condition.variable == "kms:EncryptionContext:aws:logs:arn" && condition.values == tolist(["arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/vpc/acme-dev/flow-logs"])
    ])
    error_message = "CloudWatch Logs uses the key for this group only."
  }

  assert {
    condition     = toset([for condition in data.aws_iam_policy_document.flow_logs_trust[0].statement[0].condition : condition.variable]) == toset(["aws:SourceAccount", "aws:SourceArn"])
    error_message = "The role serves flow logs of this account only."
  }
}

run "off" {
  command = plan

  variables {
    flow_logs = null
  }

  assert {
    condition     = length(aws_flow_log.this) + length(aws_kms_key.flow_logs) + length(aws_cloudwatch_log_group.flow_logs) + length(aws_iam_role.flow_logs) == 0
    error_message = "Nothing of the flow logs is left when they are off."
  }
}

run "boundary" {
  command = plan

  variables {
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.flow_logs[0].permissions_boundary == "arn:aws-cn:iam::123456789012:policy/boundary"
    error_message = "The boundary is on the role."
  }
}

run "to_a_bucket_of_its_own" {
  variables {
    flow_logs_to_s3 = {}
  }

  assert {
    condition     = aws_flow_log.s3[0].log_destination == aws_s3_bucket.flow_logs[0].arn && aws_flow_log.s3[0].log_destination_type == "s3" && length(aws_flow_log.this) == 1
    error_message = "The log into S3 stands beside that into CloudWatch."
  }

  assert {
    condition = aws_flow_log.s3[0].destination_options == tolist([{
      file_format = "parquet", hive_compatible_partitions = false, per_hour_partition = true
    }])
    error_message = "In columns, and a folder for each hour."
  }

  assert {
    condition     = data.aws_iam_policy_document.flow_logs_bucket[0].statement[0].resources == toset(["${aws_s3_bucket.flow_logs[0].arn}/AWSLogs/*"]) && data.aws_iam_policy_document.flow_logs_bucket_key[0].statement[1].principals == toset([{ type = "Service", identifiers = toset(["delivery.logs.amazonaws.com"]) }])
    error_message = "The bucket and its key let the delivery of logs write."
  }

  assert {
    condition     = startswith(aws_s3_bucket.flow_logs[0].bucket_prefix, "acme-dev-flow-logs-") && !aws_s3_bucket.flow_logs[0].force_destroy
    error_message = "The bucket is named after the network, and kept with what is in it."
  }
}

run "to_a_given_bucket_alone" {
  variables {
    flow_logs       = null
    flow_logs_to_s3 = { bucket_arn = "arn:aws-cn:s3:::logs/vpc", parquet = false, hive_partitions = true, hourly_partitions = false }
  }

  assert {
    condition     = length(aws_s3_bucket.flow_logs) + length(aws_kms_key.flow_logs_bucket) + length(aws_flow_log.this) == 0 && output.flow_logs_bucket == null
    error_message = "Nothing is made but the log."
  }

  assert {
    condition     = aws_flow_log.s3[0].log_destination == "arn:aws-cn:s3:::logs/vpc" && one(aws_flow_log.s3[0].destination_options).file_format == "plain-text"
    error_message = "As text, into the folder that is given."
  }
}

run "into_a_folder_of_awss" {
  command = plan

  variables {
    flow_logs_to_s3 = { bucket_arn = "arn:aws-cn:s3:::logs/AWSLogs/vpc" }
  }

  expect_failures = [var.flow_logs_to_s3]
}

run "to_no_bucket" {
  command = plan

  variables {
    flow_logs_to_s3 = { bucket_arn = "logs" }
  }

  expect_failures = [var.flow_logs_to_s3]
}
