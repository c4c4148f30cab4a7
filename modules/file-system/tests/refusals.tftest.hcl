# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name       = "acme-dev"
  vpc_id     = "vpc-1"
  subnet_ids = { cnn1-az1 = "subnet-p1" }
}

run "bad_values_1" {
  command = plan

  variables {
    name                   = "Acme"                                     # upper case
    subnet_ids             = {}                                         # nowhere
    throughput_mode        = "fast"                                     # no such mode
    infrequent_access_days = 45                                         # no such period
    access_points          = { all = { path = "/", uid = 1, gid = 1 } } # everything
    kms_key_arn            = "alias/acme-dev"                           # an alias
  }

  expect_failures = [
    var.name,
    var.subnet_ids,
    var.throughput_mode,
    var.infrequent_access_days,
    var.access_points,
    var.kms_key_arn,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    provisioned_mibps = 64                                               # without the mode
    access_points     = { all = { path = "/models", uid = 0, gid = 0 } } # root
  }

  expect_failures = [
    var.provisioned_mibps,
    var.access_points,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    throughput_mode = "provisioned" # without a number
    access_points   = { all = { path = "/models", uid = 1, gid = 1, permissions = "rwx" } }
  }

  expect_failures = [
    var.provisioned_mibps,
    var.access_points,
  ]
}
