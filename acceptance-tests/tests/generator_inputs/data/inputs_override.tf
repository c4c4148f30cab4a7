module "object_store" {
  access_log_days = 30
  expirations     = { traces = { prefix = "traces/", days = 30 } }
  tiering_days    = 60
  kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

module "database" {
  allow_major_version_upgrade = true
  database_name               = "control_plane"
  client_security_group_ids   = { tools = aws_security_group.tools.id }
  backup_window               = "01:00-02:00"
  maintenance_window          = "sun:03:00-sun:04:00"
  log_retention_days          = 30
  parameters                  = { work_mem = { value = "65536" } }
  iam_user                    = "platform"
  iops                        = 13000
  storage_throughput_mibps    = 600
  ca_certificate              = "rds-ca-ecc384-g1"
  restore_from_snapshot       = aws_db_snapshot.old.db_snapshot_identifier
  insights_retention_days     = 31
  monitoring_seconds          = 15
  apply_immediately           = true
  delete_automated_backups    = false
  kms_key_arn                 = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  master_password             = ephemeral.aws_secretsmanager_random_password.master.random_password
  master_password_version     = 1
  restore_to_point_in_time    = null # the other way than `restore_from_snapshot`
  timeouts                    = { create = "90m" }
}

module "container_registry" {
  repository_prefix = "acme/ml"
  kms_key_arn       = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

module "file_system" {
  client_security_group_ids = { tools = aws_security_group.tools.id }
  throughput_mode           = "provisioned"
  provisioned_mibps         = 64
  access_points             = { models = { path = "/models", uid = 1000, gid = 1000 } }
  kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}
