# Made by `cargo xtask gen` for OpenTofu, of `refusals.tftest.hcl`.

# Bad values, one for each variable at a time, and the variables that must refuse theirs.

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
  name                      = "acme-dev"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
  engine_version            = "17"
  instance_class            = "db.t4g.medium"
  storage_gib               = 50
  client_security_group_ids = { cluster = "sg-cluster" }
}

run "bad_values_1" {
  command = plan

  variables {
    name                  = "a-name-that-is-far-too-long-for-it"      # 34 characters
    subnet_ids            = { cnn1-az1 = "subnet-d1" }                # one zone
    engine_version        = "12"                                      # too old
    instance_class        = "t4g.medium"                              # no `db.`
    max_storage_gib       = 52                                        # hardly more than `storage_gib`
    database_name         = "postgres"                                # PostgreSQL's own
    backup_retention_days = 0                                         # no backups
    backup_window         = "2am"                                     # not a window
    maintenance_window    = "04:00-05:00"                             # no day
    log_retention_days    = 100                                       # not a period of CloudWatch Logs
    permissions_boundary  = "arn:aws:iam::123456789012:role/boundary" # a role
  }

  expect_failures = [
    var.name,
    var.subnet_ids,
    var.engine_version,
    var.instance_class,
    var.max_storage_gib,
    var.database_name,
    var.backup_retention_days,
    var.backup_window,
    var.maintenance_window,
    var.log_retention_days,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    name                  = "Acme"         # upper case
    engine_version        = "17.2.1"       # no such version
    database_name         = "True-Foundry" # upper case and a hyphen
    backup_retention_days = 36             # too long
  }

  expect_failures = [
    var.name,
    var.engine_version,
    var.database_name,
    var.backup_retention_days,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    name           = "acme--dev"  # two hyphens
    engine_version = "postgres17" # a family
  }

  expect_failures = [
    var.name,
    var.engine_version,
  ]
}

# Apart: the rule on `max_storage_gib` reads it.
run "storage_too_small" {
  command = plan

  variables {
    storage_gib = 10
  }

  expect_failures = [var.storage_gib]
}

run "bad_values_4" {
  command = plan

  variables {
    parameters               = { "rds.force_ssl" = { value = "0" } } # TLS off
    iam_user                 = "*"                                   # every user
    iops                     = 16000                                 # too small a disk
    storage_throughput_mibps = 1000                                  # too small a disk
    ca_certificate           = "my-ca"                               # no authority of RDS
    insights_retention_days  = 30                                    # not 31
    monitoring_seconds       = 0                                     # off
  }

  expect_failures = [
    var.parameters,
    var.iam_user,
    var.iops,
    var.storage_throughput_mibps,
    var.ca_certificate,
    var.insights_retention_days,
    var.monitoring_seconds,
  ]
}
