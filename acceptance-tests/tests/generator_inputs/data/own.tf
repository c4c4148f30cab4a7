# A file of one's own beside the generated ones: what the overrides refer to.

resource "aws_security_group" "tools" {
  name_prefix = "acme-tools-"
  description = "Tools that reach the data"
  vpc_id      = local.network.vpc_id
}

resource "aws_kms_key" "old" {
  description             = "The key of the database from before"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

# The database that the platform's is restored from.
resource "aws_db_instance" "old" {
  identifier                  = "acme-old"
  engine                      = "postgres"
  engine_version              = "17.4"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 400
  storage_encrypted           = true
  kms_key_id                  = aws_kms_key.old.arn
  username                    = "postgres"
  manage_master_user_password = true
  skip_final_snapshot         = true
}

resource "aws_db_snapshot" "old" {
  db_instance_identifier = aws_db_instance.old.identifier
  db_snapshot_identifier = "acme-old"
}
