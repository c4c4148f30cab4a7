# In a file of its own: the origin counts at creation only, and the other file's runs share a state.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "from_a_snapshot" {
  command = plan

  variables {
    name                  = "acme-dev"
    vpc_id                = "vpc-1"
    subnet_ids            = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
    engine_version        = "17"
    instance_class        = "db.t4g.medium"
    storage_gib           = 50
    restore_from_snapshot = "acme-dev-final-00000000"
  }

  assert {
    condition     = aws_db_instance.this.snapshot_identifier == "acme-dev-final-00000000"
    error_message = "The instance is made from the snapshot."
  }
}
