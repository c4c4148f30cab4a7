# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                      = "acme-tfy"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
  client_security_group_ids = { cluster = "sg-cluster" }
  cluster_arn               = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
  bucket_name               = "acme-tfy-123456789012"
}

run "bad_values_1" {
  command = plan

  variables {
    name                      = "a-name-that-is-far-too-long-for-it"      # 34 characters
    client_security_group_ids = {}                                        # nobody reaches the database
    cluster_arn               = "acme-dev"                                # a name
    identity                  = "keys"                                    # no such way
    namespace                 = "*"                                       # every namespace
    service_accounts          = ["*"]                                     # every account
    platform_role_arns        = { all = "*" }                             # every role
    policies                  = { control-plane = "{}" }                  # our own name
    permissions_boundary      = "arn:aws:iam::123456789012:role/boundary" # a role
  }

  expect_failures = [
    var.name,
    var.client_security_group_ids,
    var.cluster_arn,
    var.identity,
    var.namespace,
    var.service_accounts,
    var.platform_role_arns,
    var.policies,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    platform_role_arns = { all = "arn:aws:iam::123456789012:role/*" } # every role of an account
  }

  expect_failures = [var.platform_role_arns]
}
