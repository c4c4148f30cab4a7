# Made by `cargo xtask gen` for OpenTofu, of `role.tftest.hcl`.

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
  bedrock = {
    models             = ["amazon.nova-pro-v1:0"]
    inference_profiles = ["us.anthropic.claude-sonnet-4-20250514-v1:0"]
  }
  sagemaker = { endpoints = ["Reranker"] }
}

# Defect: no module grants Bedrock or SageMaker, so that gateways end with `*`.
run "listed_models_only" {
  command = plan

  assert {
    condition     = data.aws_iam_policy_document.bedrock[0].statement[0].resources == toset(["arn:aws-cn:bedrock:cn-north-1::foundation-model/amazon.nova-pro-v1:0"])
    error_message = "The listed model, in the region and partition at hand."
  }

  assert {
    condition     = data.aws_iam_policy_document.bedrock[0].statement[1].resources == toset(["arn:aws-cn:bedrock:cn-north-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0"])
    error_message = "The listed profile."
  }

  assert {
    condition = (
      data.aws_iam_policy_document.bedrock[0].statement[2].resources == toset(["arn:aws-cn:bedrock:*::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0"])
      && one(data.aws_iam_policy_document.bedrock[0].statement[2].condition).variable == "bedrock:InferenceProfileArn"
      && toset(one(data.aws_iam_policy_document.bedrock[0].statement[2].condition).values) == data.aws_iam_policy_document.bedrock[0].statement[1].resources
    )
    error_message = "The profile's model in any region, through that profile only."
  }

  assert {
    condition     = alltrue([for action in flatten([for statement in data.aws_iam_policy_document.bedrock[0].statement : tolist(statement.actions)]) : startswith(action, "bedrock:InvokeModel") || action == "bedrock:GetInferenceProfile"])
    error_message = "The gateway invokes and does nothing else."
  }

  assert {
    condition     = data.aws_iam_policy_document.sagemaker[0].statement[0].resources == toset(["arn:aws-cn:sagemaker:cn-north-1:123456789012:endpoint/reranker"]) && alltrue([for action in data.aws_iam_policy_document.sagemaker[0].statement[0].actions : startswith(action, "sagemaker:InvokeEndpoint")])
    error_message = "The listed endpoint, by the name that IAM knows."
  }
}

run "regions_and_profiles" {
  command = plan

  variables {
    bedrock = {
      models               = ["amazon.nova-pro-v1:0"]
      regions              = ["cn-north-1", "cn-northwest-1"]
      application_profiles = { search = { arn = "arn:aws-cn:bedrock:cn-north-1:123456789012:application-inference-profile/abc123", models = ["amazon.nova-lite-v1:0"] } }
      guardrail_arns       = ["arn:aws-cn:bedrock:cn-north-1:123456789012:guardrail/abc123"]
    }
    sagemaker = {}
  }

  assert {
    condition     = length(data.aws_iam_policy_document.bedrock[0].statement[0].resources) == 2
    error_message = "Each model in each region."
  }

  assert {
    condition     = data.aws_iam_policy_document.bedrock[0].statement[2].resources == toset(["arn:aws-cn:bedrock:*::foundation-model/amazon.nova-lite-v1:0"])
    error_message = "The models of an application profile."
  }

  assert {
    condition     = data.aws_iam_policy_document.bedrock[0].statement[3].actions == toset(["bedrock:ApplyGuardrail"]) && toset(keys(output.policies)) == toset(["bedrock"])
    error_message = "The listed guardrail, and no policy for what is not used."
  }
}

run "nothing_to_call" {
  command = plan

  variables {
    bedrock   = {}
    sagemaker = {}
  }

  expect_failures = [var.sagemaker]
}
