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

run "from_a_point_in_time" {
  command = plan

  variables {
    name                     = "acme-dev"
    vpc_id                   = "vpc-1"
    subnet_ids               = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
    engine_version           = "17"
    instance_class           = "db.t4g.medium"
    storage_gib              = 50
    restore_to_point_in_time = { resource_id = "db-GONE", time = "2026-01-31T12:00:00Z" }
  }

  assert {
    condition     = one(aws_db_instance.this.restore_to_point_in_time).source_dbi_resource_id == "db-GONE" && one(aws_db_instance.this.restore_to_point_in_time).use_latest_restorable_time == null
    error_message = "The instance is made from the backups of one that is gone."
  }
}

run "two_origins" {
  command = plan

  variables {
    name                     = "acme-dev"
    vpc_id                   = "vpc-1"
    subnet_ids               = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
    engine_version           = "17"
    instance_class           = "db.t4g.medium"
    storage_gib              = 50
    restore_from_snapshot    = "acme-dev-final-00000000"
    restore_to_point_in_time = { identifier = "acme", resource_id = "db-GONE" }
  }

  expect_failures = [var.restore_to_point_in_time]
}
