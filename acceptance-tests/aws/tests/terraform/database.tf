resource "aws_iam_role" "monitoring" {
  name               = "mon"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "monitoring.rds.amazonaws.com" } }] })
}

data "aws_rds_engine_version" "newest" {
  engine  = "postgres"
  version = "16"
  latest  = true
}

data "aws_rds_engine_version" "default" {
  engine       = "postgres"
  default_only = true
}

data "aws_rds_orderable_db_instance" "this" {
  engine                     = "postgres"
  engine_version             = data.aws_rds_engine_version.newest.version_actual
  preferred_instance_classes = ["db.m7g.large"]
  storage_type               = "gp3"
}

data "aws_rds_certificate" "default" { default_for_new_launches = true }

resource "aws_db_subnet_group" "this" {
  name       = "check"
  subnet_ids = [for s in aws_subnet.this : s.id]
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "check-"
  family      = data.aws_rds_engine_version.newest.parameter_group_family
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements"
    apply_method = "pending-reboot"
  }
  lifecycle { create_before_destroy = true }
}

resource "aws_db_instance" "this" {
  identifier                            = "check"
  engine                                = "postgres"
  engine_version                        = data.aws_rds_engine_version.newest.version_actual
  instance_class                        = data.aws_rds_orderable_db_instance.this.instance_class
  allocated_storage                     = 400
  storage_type                          = "gp3"
  iops                                  = 12000
  storage_throughput                    = 500
  storage_encrypted                     = true
  kms_key_id                            = aws_kms_key.all.arn
  username                              = "postgres"
  db_name                               = "check"
  manage_master_user_password           = true
  db_subnet_group_name                  = aws_db_subnet_group.this.name
  parameter_group_name                  = aws_db_parameter_group.this.name
  vpc_security_group_ids                = [aws_security_group.server.id]
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.all.arn
  performance_insights_retention_period = 465
  database_insights_mode                = "advanced"
  ca_cert_identifier                    = data.aws_rds_certificate.default.id
  backup_retention_period               = 14
  backup_window                         = "03:00-04:00"
  maintenance_window                    = "sun:05:00-sun:06:00"
  skip_final_snapshot                   = false
  final_snapshot_identifier             = "check-final"
  apply_immediately                     = false
  network_type                          = "IPV4"
}

resource "aws_secretsmanager_secret_rotation" "database" {
  secret_id = aws_db_instance.this.master_user_secret[0].secret_arn
  rotation_rules { automatically_after_days = 30 }
}
