# Made by `cargo xtask gen` for OpenTofu, of `file_system.tftest.hcl`.

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

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:policy/mocked"
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
  name                      = "acme-dev"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-p1", cnn1-az2 = "subnet-p2" }
  client_security_group_ids = { cluster = "sg-cluster" }
}

run "defaults" {
  assert {
    condition     = aws_efs_file_system.this.encrypted && aws_efs_file_system.this.kms_key_id == aws_kms_key.this[0].arn && aws_kms_key.this[0].enable_key_rotation
    error_message = "Encrypted with a key of our own that rotates."
  }

  assert {
    condition     = { for zone, target in aws_efs_mount_target.this : zone => target.subnet_id } == { cnn1-az1 = "subnet-p1", cnn1-az2 = "subnet-p2" } && alltrue([for target in values(aws_efs_mount_target.this) : target.security_groups == toset([aws_security_group.this.id])])
    error_message = "One mount target for each zone, behind our security group."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.client["cluster"].referenced_security_group_id == "sg-cluster" && aws_vpc_security_group_ingress_rule.client["cluster"].from_port == 2049 && length(aws_security_group.this.egress) == 0
    error_message = "NFS from the clients, and no connection from here."
  }

  assert {
    condition     = one(aws_efs_backup_policy.this.backup_policy).status == "ENABLED" && aws_efs_file_system.this.throughput_mode == "elastic"
    error_message = "Backed up, with elastic throughput."
  }

  assert {
    condition     = aws_efs_file_system.this.lifecycle_policy[0].transition_to_ia == "AFTER_30_DAYS" && aws_efs_file_system.this.lifecycle_policy[1].transition_to_primary_storage_class == "AFTER_1_ACCESS"
    error_message = "Files that nobody reads move to cheaper storage, and back when read."
  }
}

run "policy" {
  assert {
    condition     = data.aws_iam_policy_document.this.statement[0].actions == toset(["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]) && one(data.aws_iam_policy_document.this.statement[0].condition).variable == "elasticfilesystem:AccessedViaMountTarget"
    error_message = "Clients of the network mount and write; none is root."
  }

  assert {
    condition     = data.aws_iam_policy_document.this.statement[1].effect == "Deny" && one(data.aws_iam_policy_document.this.statement[1].condition).variable == "aws:SecureTransport"
    error_message = "And none without TLS."
  }
}

run "access_points" {
  command = plan

  variables {
    access_points          = { models = { path = "/models", uid = 1000, gid = 1000 } }
    throughput_mode        = "provisioned"
    provisioned_mibps      = 64
    infrequent_access_days = null
  }

  assert {
    condition     = one(aws_efs_access_point.this["models"].posix_user).uid == 1000 && one(aws_efs_access_point.this["models"].root_directory).path == "/models" && one(one(aws_efs_access_point.this["models"].root_directory).creation_info).permissions == "0750"
    error_message = "An access point confines its users to a directory."
  }

  assert {
    condition     = aws_efs_file_system.this.provisioned_throughput_in_mibps == 64 && length(aws_efs_file_system.this.lifecycle_policy) == 0
    error_message = "Throughput and life cycle are choices."
  }
}

run "protected" {
  command = plan

  assert {
    condition     = [for statement in data.aws_iam_policy_document.this.statement : statement.actions if statement.sid == "NobodyDeletesTheFileSystem"] == [toset(["elasticfilesystem:DeleteFileSystem", "elasticfilesystem:DeleteFileSystemPolicy"])]
    error_message = "AWS refuses to delete the file system, and the policy that says so."
  }
}

run "to_be_destroyed" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = length([for statement in data.aws_iam_policy_document.this.statement : statement if statement.sid == "NobodyDeletesTheFileSystem"]) == 0
    error_message = "Protection can be switched off."
  }
}
