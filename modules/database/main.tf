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

  # What it is made from brings the name of its database, its master user and its key along.
  restored = var.restore_from_snapshot != null || var.restore_to_point_in_time != null

  # Starts and ends of both windows in minutes of a day; backups are daily, so the day of the other does not matter. From the
  # start of one to the start of the other, around the clock, it must be as long as the one at least.
  times = [
    for time in regexall("[0-9]{2}:[0-9]{2}", "${var.backup_window} ${var.maintenance_window}") :
    parseint(split(":", time)[0], 10) * 60 + parseint(split(":", time)[1], 10)
  ]
  windows_apart = alltrue([
    for one, other in { 0 = 2, 2 = 0 } :
    (local.times[other] - local.times[one] + 1440) % 1440 >= (local.times[one + 1] - local.times[one] + 1440) % 1440
  ])

  # A major upgrade that waits for the window leaves every plan until then with a parameter group that RDS refuses.
  apply_immediately = coalesce(var.apply_immediately, var.allow_major_version_upgrade)
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

  # Until the window the instance uses the group of its old version. Who has said that everything waits keeps the groups.
  skip_destroy = var.apply_immediately == false

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
  db_name        = local.restored ? null : var.database_name
  port           = local.port

  username = local.restored ? null : "postgres"
  # In Secrets Manager and rotated there, or the caller's; never in the state.
  manage_master_user_password         = var.master_password_version == null ? true : null
  master_user_secret_kms_key_id       = var.master_password_version == null ? local.key_arn : null
  password_wo                         = var.master_password_version == null ? null : var.master_password
  password_wo_version                 = var.master_password_version
  iam_database_authentication_enabled = true

  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = local.restored ? null : local.key_arn
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

  apply_immediately           = local.apply_immediately
  maintenance_window          = var.maintenance_window
  auto_minor_version_upgrade  = !local.exact_version # RDS would move an exact version away from what is written
  allow_major_version_upgrade = var.allow_major_version_upgrade

  delete_automated_backups  = var.delete_automated_backups
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
  performance_insights_kms_key_id       = local.key_arn
  performance_insights_retention_period = var.insights_retention_days

  dynamic "restore_to_point_in_time" {
    for_each = var.restore_to_point_in_time == null ? [] : [var.restore_to_point_in_time]

    content {
      source_db_instance_identifier            = restore_to_point_in_time.value.identifier
      source_dbi_resource_id                   = restore_to_point_in_time.value.resource_id
      source_db_instance_automated_backups_arn = restore_to_point_in_time.value.automated_backups_arn
      restore_time                             = restore_to_point_in_time.value.time
      use_latest_restorable_time               = restore_to_point_in_time.value.time == null ? true : null
    }
  }

  timeouts {
    create = var.timeouts.create
    update = var.timeouts.update
    delete = var.timeouts.delete
  }

  tags = { Name = var.name }

  lifecycle {
    # What only the creation decides, and what RDS cannot change later: where it came from, and with which key. Each of these
    # would make the instance anew, without its data.
    ignore_changes = [
      db_name,
      kms_key_id,
      performance_insights_kms_key_id,
      restore_to_point_in_time,
      snapshot_identifier,
      storage_encrypted,
      username,
    ]

    precondition {
      condition     = local.windows_apart
      error_message = "`backup_window` and `maintenance_window` must not overlap, at no time of the day: RDS refuses it. `02:00-03:00` goes with `sun:04:00-sun:05:00`."
    }

    precondition {
      condition     = (var.master_password_version == null) || (var.master_password != null)
      error_message = "`master_password_version` wants a `master_password`, on every run: Terraform keeps none."
    }

    # The own key would go, and with it the storage.
    postcondition {
      condition     = var.kms_key_arn == null || self.kms_key_id == var.kms_key_arn
      error_message = "The database `${var.name}` is encrypted with another key than `kms_key_arn`, and RDS cannot change that. Leave `kms_key_arn` as it was, or give the key of the snapshot that it was restored from; for another key, copy a snapshot with it and restore that under another `name`."
    }
  }

  # RDS would make the groups itself, without a key; and the monitoring role is of no use before its policy.
  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy_attachment.monitoring,
  ]
}

locals {
  # The subnet group is as old as the database and has its day in its name, so a database made again under the same name
  # finds its snapshot's name free; a key may have been there before.
  final_snapshot = "${var.name}-final-${trimprefix(aws_db_subnet_group.this.name, "${var.name}-")}"
}

check "encryption" {
  assert {
    condition     = aws_db_instance.this.storage_encrypted
    error_message = "The database `${var.name}` came from a snapshot without encryption and has none. Copy the snapshot with a key, and restore the copy."
  }
}
