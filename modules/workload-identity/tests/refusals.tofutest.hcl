# Made by `cargo xtask gen` for OpenTofu, of `refusals.tftest.hcl`.

# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  # A partition and a region that no literal would guess.

  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{}"
      minified_json = "{}"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:role/mocked"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:policy/mocked"
    }
  }
}

variables {
  name             = "acme-dev-ranker"
  cluster_arn      = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
  service_accounts = { ranker = { namespace = "search", name = "ranker" } }
}

run "bad_values_1" {
  command = plan

  variables {
    name                 = "Acme"                                          # upper case
    description          = "two\nlines"                                    # a line break
    cluster_arn          = "acme-dev"                                      # a name
    oidc_provider_arn    = "https://oidc.eks.us-east-1.amazonaws.com/id/A" # an address
    service_accounts     = { all = { namespace = "*", name = "ranker" } }  # every namespace
    trusted_roles        = { all = { arn = "*", external_id = "ok" } }     # everybody
    policies             = { all = "{}" }                                  # no statement
    policy_arns          = { all = "arn:aws:iam::aws:policy/AdministratorAccess" }
    max_session_seconds  = 60                                        # a minute
    permissions_boundary = "arn:aws:iam::123456789012:role/boundary" # a role
  }

  expect_failures = [
    var.name,
    var.description,
    var.cluster_arn,
    var.oidc_provider_arn,
    var.service_accounts,
    var.trusted_roles,
    var.policies,
    var.policy_arns,
    var.max_session_seconds,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    identity         = "keys"                                                                                 # no such way
    service_accounts = {}                                                                                     # nobody
    trusted_roles    = { vendor = { arn = "arn:aws:iam::210987654321:role/x", external_id = "" } }            # no external ID
    policies         = { all = "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}" } # every right
    policy_arns      = { all = "AdministratorAccess" }                                                        # a name
  }

  expect_failures = [
    var.identity,
    var.service_accounts,
    var.trusted_roles,
    var.policies,
    var.policy_arns,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    service_accounts = { a = { namespace = "search", name = "ranker" }, b = { namespace = "search", name = "ranker" } } # twice
    trusted_roles    = { vendor = { arn = "arn:aws:iam::210987654321:root", external_id = "given" } }                   # a whole account
    policies         = { all = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"iam:*\"],\"Resource\":\"*\"}]}" }   # hands out rights
  }

  expect_failures = [
    var.service_accounts,
    var.trusted_roles,
    var.policies,
  ]
}
