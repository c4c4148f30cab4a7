# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name               = "acme-dev"
  trusted_role_arns  = ["arn:aws-cn:iam::210987654321:role/control-plane"]
  external_id        = "from-control-plane"
  bucket_arn         = "arn:aws-cn:s3:::acme-dev"
  bucket_kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  registry_prefix    = "tfy-"
  cluster_arn        = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
}

run "bad_values_1" {
  command = plan

  variables {
    name                 = "a-name-that-is-far-too-long-for-it"           # 34 characters
    trusted_role_arns    = ["*"]                                          # everybody
    external_id          = ""                                             # empty
    bucket_arn           = "arn:aws:s3:::*"                               # every bucket
    bucket_kms_key_arn   = "alias/acme-dev"                               # an alias
    registry_prefix      = "acme-*"                                       # a wildcard
    parameter_prefix     = "/acme-dev"                                    # a slash in front
    secret_prefix        = "acme-dev/*"                                   # a wildcard
    cluster_arn          = "arn:aws:eks:us-east-1:123456789012:cluster/*" # every cluster
    permissions_boundary = "arn:aws:iam::123456789012:role/boundary"      # a role
  }

  expect_failures = [
    var.name,
    var.trusted_role_arns,
    var.external_id,
    var.bucket_arn,
    var.bucket_kms_key_arn,
    var.registry_prefix,
    var.parameter_prefix,
    var.secret_prefix,
    var.cluster_arn,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    name              = "Acme"                             # upper case
    trusted_role_arns = ["arn:aws:iam::210987654321:root"] # a whole account
    external_id       = "two words"                        # a space
    registry_prefix   = "/acme-dev"                        # a slash in front
    parameter_prefix  = "*"                                # a wildcard
  }

  expect_failures = [
    var.name,
    var.trusted_role_arns,
    var.external_id,
    var.registry_prefix,
    var.parameter_prefix,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    trusted_role_arns = [] # nobody
  }

  expect_failures = [
    var.trusted_role_arns,
  ]
}

run "bad_values_4" {
  command = plan

  variables {
    store_kms_key_arns     = ["*"]                                                   # every key
    policy_arns            = { all = "arn:aws:iam::aws:policy/AdministratorAccess" } # every right
    max_session_seconds    = 60                                                      # a minute
    cluster_access         = "admin"                                                 # none of the three
    managed_access_entries = { principal_arns = ["*"] }                              # everybody, of every account
  }

  expect_failures = [
    var.store_kms_key_arns,
    var.policy_arns,
    var.max_session_seconds,
    var.cluster_access,
    var.managed_access_entries,
  ]
}

run "bad_values_5" {
  command = plan

  variables {
    managed_access_entries = { policies = ["arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"] } # an ARN
  }

  expect_failures = [
    var.managed_access_entries,
  ]
}

run "bad_values_6" {
  command = plan

  variables {
    managed_access_entries = { policies = [] } # none
  }

  expect_failures = [
    var.managed_access_entries,
  ]
}
