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
  name               = "acme-dev"
  trusted_role_arns  = ["arn:aws-cn:iam::210987654321:role/control-plane"]
  external_id        = "from-control-plane"
  bucket_arn         = "arn:aws-cn:s3:::acme-dev"
  bucket_kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  registry_prefix    = "tfy-"
  parameter_prefix   = "acme-dev"
  secret_prefix      = "/tfy-secret"
  cluster_arn        = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
}

# Defect: trust in the vendor's account without an external ID.
run "trust" {
  command = plan

  assert {
    condition     = length(data.aws_iam_policy_document.trust.statement) == 1 && data.aws_iam_policy_document.trust.statement[0].actions == toset(["sts:AssumeRole"])
    error_message = "One way in."
  }

  assert {
    condition     = data.aws_iam_policy_document.trust.statement[0].principals == toset([{ type = "AWS", identifiers = toset(["arn:aws-cn:iam::210987654321:role/control-plane"]) }])
    error_message = "For the named roles."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.trust.statement[0].condition).test == "StringEquals" && one(data.aws_iam_policy_document.trust.statement[0].condition).variable == "sts:ExternalId" && one(data.aws_iam_policy_document.trust.statement[0].condition).values == tolist(["from-control-plane"])
    error_message = "With the external ID."
  }
}

# Defects: `s3:*`, `eks:CreateAccessEntry` and `sts:AssumeRole` on `*`.
run "least_privilege" {
  command = plan

  assert {
    condition = alltrue([
      for action in flatten([for document in values(local.policies) : [for statement in document.statement : tolist(statement.actions)]]) :
      !strcontains(action, "*")
    ])
    error_message = "Every action is named."
  }

  assert {
    condition = toset(flatten([
      for document in values(local.policies) : [for statement in document.statement : tolist(statement.actions) if contains(statement.resources, "*")]
    ])) == toset(["ecr:DescribeRegistry", "ecr:GetAuthorizationToken", "ecr:GetRegistryScanningConfiguration", "secretsmanager:ListSecrets"])
    error_message = "Only what knows no resource is on `*`, and none of it writes."
  }

  assert {
    condition = alltrue([
      for action in flatten([for document in values(local.policies) : [for statement in document.statement : tolist(statement.actions)]]) :
      !startswith(action, "sts:") && !startswith(action, "iam:") && (!startswith(action, "eks:") || action == "eks:DescribeCluster")
    ])
    error_message = "Unless it is said otherwise the role makes nobody an administrator: of EKS it may describe the cluster, of IAM and STS nothing."
  }

  assert {
    condition     = alltrue(flatten([for document in values(local.policies) : [for statement in document.statement : length(statement.sid) > 0 && statement.effect != "Deny"]]))
    error_message = "Every statement says what it is for."
  }

  assert {
    condition     = toset(flatten([for statement in data.aws_iam_policy_document.storage.statement : tolist(statement.resources)])) == toset([var.bucket_arn, "${var.bucket_arn}/*", var.bucket_kms_key_arn])
    error_message = "One bucket and its key."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.storage.statement[2].condition).variable == "kms:ViaService" && one(data.aws_iam_policy_document.storage.statement[2].condition).values == tolist(["s3.cn-north-1.amazonaws.com.cn"])
    error_message = "The key is used through S3 only."
  }

  assert {
    condition = [
      data.aws_iam_policy_document.registry.statement[3].resources, data.aws_iam_policy_document.parameters[0].statement[0].resources,
      data.aws_iam_policy_document.secrets[0].statement[0].resources, data.aws_iam_policy_document.cluster.statement[0].resources,
      ] == [
      toset(["arn:aws-cn:ecr:cn-north-1:123456789012:repository/tfy-*"]), toset(["arn:aws-cn:ssm:cn-north-1:123456789012:parameter/acme-dev/*"]),
      toset(["arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:/tfy-secret/*"]), toset([var.cluster_arn]),
    ]
    error_message = "Repositories, parameters and secrets under their prefixes, and one cluster; in the region and partition at hand."
  }
}

run "applied" {
  variables {
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.this)) == toset(["cluster", "parameters", "registry", "secrets", "storage"]) && aws_iam_role.this.permissions_boundary == "arn:aws-cn:iam::123456789012:policy/boundary"
    error_message = "Every policy is attached, and the boundary is set."
  }

  assert {
    condition     = output.registry_url == "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"
    error_message = "The registry is named with the region and suffix at hand."
  }
}

run "without_stores" {
  command = plan

  variables {
    parameter_prefix = null
    secret_prefix    = null
  }

  assert {
    condition     = toset(keys(aws_iam_policy.this)) == toset(["cluster", "registry", "storage"])
    error_message = "No rights on stores that are not used."
  }
}

run "keys_and_further_policies" {
  command = plan

  variables {
    store_kms_key_arns  = ["arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"]
    policy_arns         = { quota = "arn:aws-cn:iam::123456789012:policy/quota" }
    max_session_seconds = 7200
  }

  assert {
    condition     = one(data.aws_iam_policy_document.secrets[0].statement[2].condition).values == tolist(["secretsmanager.cn-north-1.amazonaws.com.cn"]) && one(data.aws_iam_policy_document.parameters[0].statement[1].condition).values == tolist(["ssm.cn-north-1.amazonaws.com.cn"])
    error_message = "The keys are used through the stores only."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.given["quota"].policy_arn == "arn:aws-cn:iam::123456789012:policy/quota" && aws_iam_role.this.max_session_duration == 7200
    error_message = "Further policies and longer sessions are choices."
  }
}
