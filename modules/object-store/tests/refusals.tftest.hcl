# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name = "acme-dev-123456789012"
}

run "bad_values_1" {
  command = plan

  variables {
    name                    = "acme.dev" # a dot
    cors_allowed_origins    = ["*"]      # everybody
    noncurrent_version_days = 0          # no days
    access_log_days         = 1.5        # half a day
  }

  expect_failures = [
    var.name,
    var.cors_allowed_origins,
    var.noncurrent_version_days,
    var.access_log_days,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    name                 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" # 60 characters
    cors_allowed_origins = ["https://*.acme.com"]                                         # a wildcard
  }

  expect_failures = [
    var.name,
    var.cors_allowed_origins,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    cors_allowed_origins = ["http://acme.com"] # no TLS
  }

  expect_failures = [
    var.cors_allowed_origins,
  ]
}

run "bad_values_4" {
  command = plan

  variables {
    expirations  = { all = { prefix = "", days = 30 } } # every object
    tiering_days = -1                                   # before they are written
  }

  expect_failures = [
    var.expirations,
    var.tiering_days,
  ]
}
