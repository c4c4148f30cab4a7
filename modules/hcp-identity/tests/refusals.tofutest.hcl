# Made by `cargo xtask gen` for OpenTofu, of `refusals.tftest.hcl`.

# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  # A partition, region and suffix that no literal would guess.

  mock_data "aws_partition" {
    defaults = {
      partition          = "aws-cn"
      dns_suffix         = "amazonaws.com.cn"
      reverse_dns_prefix = "cn.com.amazonaws"
    }
  }

  mock_data "aws_region" {
    defaults = {
      id = "cn-north-1"
    }
  }

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

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

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:oidc-provider/mocked"
    }
  }
}

variables {
  name = "acme-dev"
  hcp  = { organization = "acme", project = "ml-platform", workspaces = ["acme-dev-network"] }
}

run "bad_values_1" {
  command = plan

  variables {
    name                   = "Acme"                                                                       # upper case
    github                 = { repository = "acme/*", apply_environments = ["production"] }               # every repository
    managed_names          = ["*"]                                                                        # everything
    state                  = { bucket_arn = "acme-state", kms_key_arn = "alias/state", prefix = "acme/" } # names
    created_roles_boundary = "arn:aws:iam::aws:policy/AdministratorAccess"                                # bounds nothing
    regions                = ["everywhere"]
    hosted_zone_ids        = ["acme.com"]                                            # a name
    apply_policy_arns      = { all = "arn:aws:iam::aws:policy/AdministratorAccess" } # every right
    max_session_seconds    = 60                                                      # a minute
    permissions_boundary   = "arn:aws:iam::123456789012:role/boundary"               # a role
  }

  expect_failures = [
    var.name,
    var.github,
    var.managed_names,
    var.state,
    var.created_roles_boundary,
    var.regions,
    var.hosted_zone_ids,
    var.apply_policy_arns,
    var.max_session_seconds,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    hcp   = { organization = "acme", project = "*", workspaces = ["acme-dev-network"] } # every project
    state = { bucket_arn = "arn:aws:s3:::acme-state", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1", prefix = "*" }
  }

  expect_failures = [var.hcp, var.state]
}

run "bad_values_3" {
  command = plan

  variables {
    hcp = { organization = "acme", project = "ml", workspaces = [] } # no workspace
  }

  expect_failures = [var.hcp]
}

run "bad_values_4" {
  command = plan

  variables {
    hcp = { organization = "acme", project = "ml", workspaces = ["a"], hostname = "https://app.terraform.io" } # an address
  }

  expect_failures = [var.hcp]
}

run "nobody" {
  command = plan

  variables {
    hcp = null
  }

  expect_failures = [var.github]
}

run "nobody_applies" {
  command = plan

  variables {
    github = { repository = "acme/infra", apply_environments = [] } # no environment
  }

  expect_failures = [var.github]
}

run "bad_layers" {
  command = plan

  variables {
    layers       = { Network = { workspaces = ["*"], makes = ["everything"], state_keys = ["*"] } } # upper case, every workspace
    owner_tags   = { platform_key = "aws:platform" }                                                # AWS's own
    bucket_names = ["acme-*"]                                                                       # a pattern
    role_names   = ["acme-*"]                                                                       # a pattern
    given        = { ec2_ids = ["acme"], kms_key_arns = ["alias/acme"], role_arns = ["*"] }         # names
  }

  expect_failures = [var.layers, var.owner_tags, var.bucket_names, var.role_names, var.given]
}

run "one_workspace_in_two_layers" {
  command = plan

  variables {
    layers = { network = { workspaces = ["acme-dev"] }, data = { workspaces = ["acme-dev"] } }
  }

  expect_failures = [var.layers]
}

run "no_roles_at_all" {
  command = plan

  variables {
    one_pair = false
  }

  expect_failures = [var.one_pair]
}

# `?` stands for any character in IAM, and `$` begins a variable.
run "patterns_in_given" {
  command = plan

  variables {
    given                  = { role_arns = ["arn:aws:iam::123456789012:role/????"] }
    created_roles_boundary = "arn:aws:iam::123456789012:policy/*"
    apply_policy_arns      = { iam = "arn:aws:iam::aws:policy/IAMFullAccess" } # every right, by a role or user that one makes
  }

  expect_failures = [var.given, var.created_roles_boundary, var.apply_policy_arns]
}

run "variables_in_given" {
  command = plan

  variables {
    given = { secret_arns = ["arn:aws:secretsmanager:us-east-1:123456789012:secret:$${aws:username}"] }
  }

  expect_failures = [var.given]
}

run "one_state_in_two_layers" {
  command = plan

  variables {
    layers = { network = { workspaces = ["network"] }, data = { workspaces = ["data"], state_keys = ["data.tfstate", "network.tfstate"] } }
  }

  expect_failures = [var.layers]
}

run "a_lock_in_another_layer" {
  command = plan

  variables {
    layers = { network = { workspaces = ["network"], state_keys = ["data.tfstate.tflock"] }, data = { workspaces = ["data"] } }
  }

  expect_failures = [var.layers]
}
