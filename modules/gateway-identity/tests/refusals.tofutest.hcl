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
      json          = "{\"Statement\":[{\"Sid\":\"Mocked\"}]}"
      minified_json = "{\"Statement\":[{\"Sid\":\"Mocked\"}]}"
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
  name        = "acme-dev"
  cluster_arn = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
  bedrock     = { models = ["amazon.nova-pro-v1:0"] }
}

run "bad_values_1" {
  command = plan

  variables {
    name                 = "a-name-that-is-far-too-long-for-it"      # 34 characters
    sagemaker            = { endpoints = ["*"] }                     # every endpoint
    identity             = "keys"                                    # no such way
    cluster_arn          = "acme-dev"                                # a name
    permissions_boundary = "arn:aws:iam::123456789012:role/boundary" # a role
  }

  expect_failures = [
    var.name,
    var.sagemaker,
    var.identity,
    var.cluster_arn,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    sagemaker = { endpoints = ["a"], regions = ["everywhere"] } # no region
  }

  expect_failures = [var.sagemaker]
}

run "bad_values_3" {
  command = plan

  variables {
    bedrock = { inference_profiles = ["us.anthropic.*"] } # every model of a provider
  }

  expect_failures = [var.bedrock]
}

run "bad_values_4" {
  command = plan

  variables {
    bedrock = { model_arns = ["arn:aws:bedrock:us-east-1:123456789012:provisioned-model/*"] } # every model of the account
  }

  expect_failures = [var.bedrock]
}

run "bad_values_5" {
  command = plan

  variables {
    bedrock = { guardrail_arns = ["*"] } # every guardrail
  }

  expect_failures = [var.bedrock]
}

run "bad_values_6" {
  command = plan

  variables {
    bedrock = { models = ["*"] } # every model
  }

  expect_failures = [var.bedrock]
}

run "bad_values_7" {
  command = plan

  variables {
    bedrock = { models = ["us.amazon.nova-pro-v1:0"] } # a profile among the models
  }

  expect_failures = [var.bedrock]
}
