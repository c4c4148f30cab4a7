# Made by `cargo xtask gen` for OpenTofu, of `sizes.tftest.hcl`.

# At the longest that the inputs allow, everything fits into what IAM takes.

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
  name              = "a23456789-123456789-12"
  managed_names     = ["a23456789-123456789-1234", "b23456789-123456789-1234", "c23456789-123456789-1234"]
  hosted_zone_ids   = ["Z0123456789ABCDEFGHIJ", "Z1123456789ABCDEFGHIJ"]
  apply_policy_arns = { one = "arn:aws-cn:iam::123456789012:policy/one", two = "arn:aws-cn:iam::123456789012:policy/two" }
  hcp               = { organization = "a-company-with-a-name", project = "machine-learning-platform", workspaces = ["a23456789-123456789-1234-network", "a23456789-123456789-1234-cluster", "a23456789-123456789-1234-data", "a23456789-123456789-1234-identity", "a23456789-123456789-1234-ingress", "a23456789-123456789-1234-addons", "a23456789-123456789-1234-agent", "a23456789-123456789-1234-platform"] }
  given = {
    ec2_ids = [
      "vpc-0123456789abcdef0",
      "subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2",
      "subnet-0123456789abcdef3", "subnet-0123456789abcdef4", "subnet-0123456789abcdef5",
      "sg-0123456789abcdef0", "sg-0123456789abcdef1",
    ]
  }
  state = {
    bucket_arn  = "arn:aws-cn:s3:::x23456789-123456789-123456789-123456789-123456789-123456789-123"
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    prefix      = "platforms/a23456789-123456789-1234/"
  }
}

run "one_pair" {
  assert {
    condition     = { for name, role in aws_iam_role.this : name => role.name_prefix } == { apply = "a23456789-123456789-12-terraform-appl-", plan = "a23456789-123456789-12-terraform-plan-" }
    error_message = "A prefix has at most 38 characters."
  }

  assert {
    condition     = alltrue([for policy in values(aws_iam_policy.this) : length(policy.policy) <= 6144]) && length(aws_iam_policy.boundary[0].policy) <= 6144
    error_message = "A policy has at most 6,144 characters: ${jsonencode(merge({ for name, policy in aws_iam_policy.this : name => length(policy.policy) }, { boundary = length(aws_iam_policy.boundary[0].policy) }))}."
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.apply) + length(aws_iam_role_policy_attachment.given) <= 10
    error_message = "A role has at most 10 policies by default."
  }

  assert {
    condition     = alltrue([for role in values(aws_iam_role.this) : length(role.assume_role_policy) <= 2048])
    error_message = "A trust policy has at most 2,048 characters."
  }

  assert {
    condition     = length(aws_iam_role_policy.guard["apply"].policy) + length(aws_iam_role_policy.state["apply"].policy) <= 10240
    error_message = "All policies within a role have at most 10,240 characters."
  }
}

run "layers" {
  variables {
    hcp = { organization = "a-company-with-a-name", project = "machine-learning-platform" }
    layers = {
      network          = { workspaces = ["a23456789-123456789-1234-network"] }
      cluster          = { workspaces = ["a23456789-123456789-1234-cluster"] }
      data             = { workspaces = ["a23456789-123456789-1234-data"] }
      identity         = { workspaces = ["a23456789-123456789-1234-identity"] }
      ingress          = { workspaces = ["a23456789-123456789-1234-ingress"] }
      all-that-remains = { workspaces = ["a23456789-123456789-1234-all"], makes = ["network", "cluster", "data", "identity", "ingress"] }
    }
  }

  assert {
    condition     = alltrue([for role in values(aws_iam_role.this) : length(role.name_prefix) <= 38]) && aws_iam_role.this["all-that-remains/apply"].name_prefix == "a23456789-123456789-12-all-that-apply-"
    error_message = "A prefix has at most 38 characters, and says the phase."
  }

  assert {
    condition     = alltrue([for policy in values(aws_iam_policy.this) : length(policy.policy) <= 6144])
    error_message = "A policy has at most 6,144 characters: ${jsonencode({ for name, policy in aws_iam_policy.this : name => length(policy.policy) })}."
  }

  assert {
    condition     = alltrue([for guard in values(aws_iam_role_policy.guard) : length(guard.policy) <= 8192])
    error_message = "All policies within a role have at most 10,240 characters."
  }
}
