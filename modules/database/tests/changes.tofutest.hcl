# Made by `cargo xtask gen` for OpenTofu, of `changes.tftest.hcl`.

# What changes at once and what waits, who keeps the password, and what a destroy leaves.

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

  mock_resource "aws_db_instance" {
    defaults = {
      arn                = "arn:aws-cn:rds:cn-north-1:123456789012:db:acme-dev"
      resource_id        = "db-MOCKED"
      master_user_secret = [{ secret_arn = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:rds!db-mocked", secret_status = "active", kms_key_id = "mocked" }]
    }
  }

  mock_resource "aws_db_subnet_group" {
    defaults = {
      name = "acme-dev-20260131120000000000000001"
    }
  }
}

variables {
  name           = "acme-dev"
  vpc_id         = "vpc-1"
  subnet_ids     = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
  engine_version = "17"
  instance_class = "db.t4g.medium"
  storage_gib    = 50
}

run "a_major_upgrade_is_made_at_once" {
  command = plan

  variables {
    allow_major_version_upgrade = true
  }

  assert {
    condition     = aws_db_instance.this.apply_immediately && !aws_db_parameter_group.this.skip_destroy
    error_message = "The old parameter group is not in use when it goes."
  }
}

run "everything_waits" {
  command = plan

  variables {
    allow_major_version_upgrade = true
    apply_immediately           = false
  }

  assert {
    condition     = !aws_db_instance.this.apply_immediately && aws_db_parameter_group.this.skip_destroy
    error_message = "An upgrade that waits leaves the group that the instance still uses."
  }
}

run "at_once" {
  command = plan

  variables {
    apply_immediately = true
  }

  assert {
    condition     = aws_db_instance.this.apply_immediately
    error_message = "Other changes are made at once where that is said."
  }
}

run "windows_at_the_same_time" {
  command = plan

  variables {
    backup_window      = "04:30-05:30"
    maintenance_window = "sun:04:00-sun:05:00"
  }

  expect_failures = [aws_db_instance.this]
}

run "windows_that_meet_past_midnight" {
  command = plan

  variables {
    backup_window      = "23:45-00:30"
    maintenance_window = "sun:00:00-sun:01:00"
  }

  expect_failures = [aws_db_instance.this]
}

run "windows_that_meet_from_saturday_to_sunday" {
  command = plan

  variables {
    backup_window      = "00:00-01:00"
    maintenance_window = "sun:23:30-mon:00:30"
  }

  expect_failures = [aws_db_instance.this]
}

run "windows_side_by_side" {
  command = plan

  variables {
    backup_window      = "23:00-23:30"
    maintenance_window = "sun:23:30-mon:00:30"
  }

  assert {
    condition     = aws_db_instance.this.backup_window == "23:00-23:30"
    error_message = "One may begin when the other ends."
  }
}

run "windows_that_are_too_short" {
  command = plan

  variables {
    backup_window      = "02:00-02:15"
    maintenance_window = "sun:04:00-mon:04:00"
  }

  expect_failures = [var.backup_window, var.maintenance_window]
}

run "a_password_that_stays" {
  command = plan

  variables {
    master_password         = "of-more-than-eight"
    master_password_version = 2
  }

  assert {
    condition     = aws_db_instance.this.manage_master_user_password == null && aws_db_instance.this.password_wo_version == 2 && aws_db_instance.this.password_wo == null && output.master_user_secret_arn == null && output.master_user_secret_policy == null
    error_message = "RDS keeps no password, and no plan does."
  }
}

run "a_version_without_a_password" {
  command = plan

  variables {
    master_password_version = 2
  }

  expect_failures = [aws_db_instance.this]
}

run "the_key_stays_with_what_is_left" {
  command = plan

  assert {
    condition     = [for statement in data.aws_iam_policy_document.key.statement : statement.actions if statement.effect == "Deny"] == [toset(["kms:ScheduleKeyDeletion"])]
    error_message = "Nobody deletes the key that the final snapshot needs."
  }
}

run "kept_backups_need_it_too" {
  command = plan

  variables {
    final_snapshot           = false
    delete_automated_backups = false
  }

  assert {
    condition     = length([for statement in data.aws_iam_policy_document.key.statement : statement if statement.effect == "Deny"]) == 1 && output.final_snapshot == null && !aws_db_instance.this.delete_automated_backups
    error_message = "Nobody deletes the key that kept backups need."
  }
}

run "nothing_is_left" {
  command = plan

  variables {
    final_snapshot = false
  }

  assert {
    condition     = length([for statement in data.aws_iam_policy_document.key.statement : statement if statement.effect == "Deny"]) == 0
    error_message = "The key goes with the database."
  }
}
