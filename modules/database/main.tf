data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region     = data.aws_region.current.id
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id

  port = 5432

  # The digits before the first dot: 13.17 is of the family postgres13, not 17.
  major_version = regex("^[0-9]+", var.engine_version)
  exact_version = strcontains(var.engine_version, ".")
}

resource "aws_db_subnet_group" "this" {
  name_prefix = "${var.name}-"
  description = "Subnets of the database ${var.name}"
  subnet_ids  = values(var.subnet_ids)

  tags = { Name = var.name }
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-postgres${local.major_version}-"
  description = "Parameters of the database ${var.name}"
  family      = "postgres${local.major_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  # Changes of the schema, and statements that take longer than a second (in milliseconds).
  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  dynamic "parameter" {
    for_each = var.parameters

    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = parameter.value.apply_method
    }
  }

  tags = { Name = var.name }

  lifecycle {
    create_before_destroy = true # a major upgrade needs the new family's group while the old one is in use
  }
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_226:On for a major version; who writes an exact version has asked for none, and checkov cannot tell the two apart.
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class
  multi_az       = var.multi_az
  # A snapshot brings the name of its database and its key along; another one would make the instance anew, without its data.
  db_name = var.restore_from_snapshot == null ? var.database_name : null
  port    = local.port

  username                            = "postgres"
  manage_master_user_password         = true # in Secrets Manager, rotated there, never in the state
  master_user_secret_kms_key_id       = aws_kms_key.this.arn
  iam_database_authentication_enabled = true

  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.restore_from_snapshot == null ? aws_kms_key.this.arn : null
  allocated_storage     = var.storage_gib
  max_allocated_storage = coalesce(var.max_storage_gib, 0)
  iops                  = var.iops
  storage_throughput    = var.storage_throughput_mibps
  snapshot_identifier   = var.restore_from_snapshot

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.this.name
  ca_cert_identifier     = var.ca_certificate

  # In the window, never at once: a change that restarts the database waits for the time that was agreed.
  apply_immediately           = false
  maintenance_window          = var.maintenance_window
  auto_minor_version_upgrade  = !local.exact_version # RDS would move an exact version away from what is written
  allow_major_version_upgrade = var.allow_major_version_upgrade

  backup_retention_period   = var.backup_retention_days
  backup_window             = var.backup_window
  copy_tags_to_snapshot     = true
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = !var.final_snapshot
  final_snapshot_identifier = var.final_snapshot ? local.final_snapshot : null

  enabled_cloudwatch_logs_exports       = local.log_exports
  monitoring_interval                   = var.monitoring_seconds
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.this.arn
  performance_insights_retention_period = var.insights_retention_days

  tags = { Name = var.name }

  lifecycle {
    ignore_changes = [db_name, kms_key_id, snapshot_identifier] # where it came from; taking that out must not make it anew
  }

  # RDS would make the groups itself, without a key; and the monitoring role is of no use before its policy.
  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy_attachment.monitoring,
  ]
}

locals {
  # The key is as old as the database, so a database made again under the same name finds its snapshot's name free.
  final_snapshot = "${var.name}-final-${substr(aws_kms_key.this.key_id, 0, 8)}"
}
