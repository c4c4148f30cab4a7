# A file of one's own beside the generated ones: what the overrides refer to.

resource "aws_security_group" "tools" {
  name_prefix = "acme-tools-"
  description = "Tools that reach the data"
  vpc_id      = local.network.vpc_id
}

ephemeral "aws_secretsmanager_random_password" "master" {
  password_length     = 32
  exclude_punctuation = true
}

# The database that the platform's is restored from.
resource "aws_db_instance" "old" {
  identifier                  = "acme-old"
  engine                      = "postgres"
  engine_version              = "17.4"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 400
  storage_encrypted           = true
  kms_key_id                  = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  username                    = "postgres"
  manage_master_user_password = true
  skip_final_snapshot         = true
}

resource "aws_db_snapshot" "old" {
  db_instance_identifier = aws_db_instance.old.identifier
  db_snapshot_identifier = "acme-old"
}
