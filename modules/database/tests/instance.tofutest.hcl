# Made by `cargo xtask gen` for OpenTofu, of `instance.tftest.hcl`.

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
  master_password           = "unused" # Terraform 1.11 cannot apply a test whose ephemeral variable has no value
}

# Defects: TLS not forced, password in the state, applied at once, open egress, no Multi-AZ, insights, monitoring or IAM sign-in.
run "defaults" {
  assert {
    condition     = one([for parameter in aws_db_parameter_group.this.parameter : parameter.value if parameter.name == "rds.force_ssl"]) == "1"
    error_message = "TLS is forced."
  }

  assert {
    condition     = aws_db_instance.this.manage_master_user_password && aws_db_instance.this.password == null && aws_db_instance.this.master_user_secret_kms_key_id == aws_kms_key.this[0].arn
    error_message = "The master password is in Secrets Manager, under our key, and not in the state."
  }

  assert {
    condition     = !aws_db_instance.this.apply_immediately && !aws_db_instance.this.allow_major_version_upgrade && aws_db_instance.this.auto_minor_version_upgrade
    error_message = "Changes wait for the window; minor upgrades come by themselves, major ones do not."
  }

  assert {
    condition     = aws_db_instance.this.multi_az && !aws_db_instance.this.publicly_accessible && aws_db_instance.this.iam_database_authentication_enabled
    error_message = "Multi-AZ, private, with IAM sign-in."
  }

  assert {
    condition     = aws_db_instance.this.storage_type == "gp3" && aws_db_instance.this.storage_encrypted && aws_db_instance.this.kms_key_id == aws_kms_key.this[0].arn && aws_kms_key.this[0].enable_key_rotation
    error_message = "gp3 storage under a key that rotates."
  }

  assert {
    condition     = aws_db_instance.this.performance_insights_enabled && aws_db_instance.this.performance_insights_kms_key_id == aws_kms_key.this[0].arn && aws_db_instance.this.monitoring_interval == 60 && aws_db_instance.this.monitoring_role_arn == aws_iam_role.monitoring.arn
    error_message = "Performance Insights and enhanced monitoring are on."
  }

  assert {
    condition     = aws_db_instance.this.backup_retention_period == 14 && aws_db_instance.this.copy_tags_to_snapshot && aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot
    error_message = "Two weeks of backups, tagged, and protection from deletion."
  }

  assert {
    condition     = aws_db_instance.this.final_snapshot_identifier == "acme-dev-final-20260131120000000000000001"
    error_message = "The final snapshot is named after the day of the subnet group, so that its name is free in every life of the database."
  }

  assert {
    condition     = aws_db_instance.this.enabled_cloudwatch_logs_exports == toset(["postgresql", "upgrade"]) && alltrue([for group in values(aws_cloudwatch_log_group.this) : group.kms_key_id == aws_kms_key.this[0].arn && group.retention_in_days == 365])
    error_message = "Logs go to encrypted groups of our own."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this["postgresql"].name == "/aws/rds/instance/acme-dev/postgresql"
    error_message = "They are the groups that RDS writes to."
  }

  assert {
    condition     = length(aws_security_group.this.egress) == 0
    error_message = "The database opens no connection."
  }

  assert {
    condition     = output.connect_arn == "arn:aws-cn:rds-db:cn-north-1:123456789012:dbuser:db-MOCKED/truefoundry"
    error_message = "IAM sign-in is for one user of this instance."
  }
}

run "clients" {
  command = plan

  variables {
    client_security_group_ids = { bastion = "sg-bastion", cluster = "sg-cluster" }
  }

  assert {
    condition     = { for name, rule in aws_vpc_security_group_ingress_rule.client : name => rule.referenced_security_group_id } == { bastion = "sg-bastion", cluster = "sg-cluster" }
    error_message = "One rule for each client group."
  }

  assert {
    condition     = alltrue([for rule in values(aws_vpc_security_group_ingress_rule.client) : rule.from_port == 5432 && rule.to_port == 5432 && rule.ip_protocol == "tcp" && rule.cidr_ipv4 == null])
    error_message = "For PostgreSQL's port, from no address range."
  }
}

# Defect: the family guessed by "contains 17", which makes 13.17 a 17.
run "family_of_13_17" {
  command = plan

  variables {
    engine_version = "13.17"
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "postgres13" && aws_db_instance.this.engine_version == "13.17"
    error_message = "13.17 is of the family postgres13."
  }

  assert {
    condition     = !aws_db_instance.this.auto_minor_version_upgrade
    error_message = "An exact version stays."
  }
}

run "family_of_17" {
  command = plan

  assert {
    condition     = aws_db_parameter_group.this.family == "postgres17"
    error_message = "17 is of the family postgres17."
  }
}

run "throwaway" {
  command = plan

  variables {
    deletion_protection = false
    final_snapshot      = false
    multi_az            = false
    max_storage_gib     = 200
  }

  assert {
    condition     = !aws_db_instance.this.deletion_protection && aws_db_instance.this.skip_final_snapshot && aws_db_instance.this.final_snapshot_identifier == null
    error_message = "A database that is meant to go can go in one destroy."
  }

  assert {
    condition     = aws_db_instance.this.max_allocated_storage == 200 && !aws_db_instance.this.multi_az
    error_message = "Storage growth and a single zone are choices."
  }
}

run "no_literal_of_region_or_partition" {
  command = plan

  assert {
    condition     = { for condition in data.aws_iam_policy_document.monitoring_trust.statement[0].condition : condition.variable => one(condition.values) } == { "aws:SourceAccount" = "123456789012", "aws:SourceArn" = "arn:aws-cn:rds:cn-north-1:123456789012:db:acme-dev" }
    error_message = "The monitoring role is for this instance."
  }

  assert {
    condition     = data.aws_iam_policy_document.key.statement[1].principals == toset([{ type = "Service", identifiers = toset(["logs.cn-north-1.amazonaws.com.cn"]) }])
    error_message = "The service's name has the region and suffix at hand."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.monitoring.policy_arn == "arn:aws-cn:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    error_message = "The managed policy is of the partition at hand."
  }
}

run "choices" {
  command = plan

  variables {
    storage_gib              = 400
    iops                     = 16000
    storage_throughput_mibps = 1000
    parameters               = { shared_preload_libraries = { value = "pg_stat_statements,pg_cron", apply_method = "pending-reboot" } }
    ca_certificate           = "rds-ca-rsa4096-g1"
    insights_retention_days  = 93
    monitoring_seconds       = 15
  }

  assert {
    condition     = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value } == { "rds.force_ssl" = "1", log_statement = "ddl", log_min_duration_statement = "1000", shared_preload_libraries = "pg_stat_statements,pg_cron" }
    error_message = "Further parameters come beside ours."
  }

  assert {
    condition     = aws_db_instance.this.iops == 16000 && aws_db_instance.this.storage_throughput == 1000 && aws_db_instance.this.ca_cert_identifier == "rds-ca-rsa4096-g1"
    error_message = "Storage and certificate are choices."
  }

  assert {
    condition     = aws_db_instance.this.performance_insights_retention_period == 93 && aws_db_instance.this.monitoring_interval == 15
    error_message = "So is how much is watched."
  }
}

run "iam_user" {
  variables {
    iam_user = "reader"
  }

  assert {
    condition     = endswith(output.connect_arn, ":dbuser:db-MOCKED/reader")
    error_message = "IAM sign-in is for the user that was named."
  }
}
