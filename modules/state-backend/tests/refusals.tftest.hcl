# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name = "acme-states"
}

run "bad_values" {
  command = plan

  variables {
    name                    = "Acme_States"
    noncurrent_versions     = 0
    noncurrent_version_days = 7
    access_log_days         = 0
  }

  expect_failures = [
    var.name,
    var.noncurrent_versions,
    var.noncurrent_version_days,
    var.access_log_days,
  ]
}

run "name_too_long_for_its_logs" {
  command = plan

  variables {
    name = "a-bucket-name-that-leaves-no-room-for-the-suffix-of-its-log-bucket"
  }

  expect_failures = [var.name]
}
