mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name = "acme-dev"
  hcp = {
    organization = "acme"
    project      = "ml platform"
    workspaces   = ["acme-dev-network", "acme-dev-cluster"]
  }
}

run "hcp" {
  assert {
    condition = { for condition in data.aws_iam_policy_document.trust["plan"].statement[0].condition : condition.variable => toset(condition.values) } == {
      "app.terraform.io:aud" = toset(["aws.workload.identity"])
      "app.terraform.io:sub" = toset([
        "organization:acme:project:ml platform:workspace:acme-dev-network:run_phase:plan",
        "organization:acme:project:ml platform:workspace:acme-dev-cluster:run_phase:plan",
      ])
    }
    error_message = "The plan phase of the named workspaces takes the plan role."
  }

  assert {
    condition     = alltrue([for condition in data.aws_iam_policy_document.trust["apply"].statement[0].condition : condition.test == "StringEquals" && alltrue([for value in condition.values : !strcontains(value, "*") && !strcontains(value, "run_phase:plan")])])
    error_message = "A plan never takes the apply role, and nothing is compared with a wildcard."
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.plan)) == toset(["read"]) && toset(keys(aws_iam_role_policy_attachment.apply)) == toset(["cluster", "data", "edge", "identity", "network", "read"])
    error_message = "A plan reads; an apply reads and writes."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.this["hcp"].url == "https://app.terraform.io" && output.hcp_variables.TFC_AWS_PLAN_ROLE_ARN == output.plan_role_arn
    error_message = "HCP Terraform is trusted and told."
  }
}

run "github" {
  command = plan

  variables {
    hcp = null
    github = {
      repository         = "acme/infra"
      apply_environments = ["production"]
      oidc_provider_arn  = "arn:aws-cn:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    }
    state = {
      bucket_arn  = "arn:aws-cn:s3:::acme-dev-state"
      kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      prefix      = "acme-dev/"
    }
  }

  assert {
    condition     = one([for condition in data.aws_iam_policy_document.trust["plan"].statement[0].condition : condition.values if condition.variable == "token.actions.githubusercontent.com:sub"]) == tolist(["repo:acme/infra:pull_request", "repo:acme/infra:ref:refs/heads/main"])
    error_message = "Pull requests and the main branch plan."
  }

  assert {
    condition     = one([for condition in data.aws_iam_policy_document.trust["apply"].statement[0].condition : condition.values if condition.variable == "token.actions.githubusercontent.com:sub"]) == tolist(["repo:acme/infra:environment:production"])
    error_message = "Only jobs in the environment apply."
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.this) == 0
    error_message = "A provider that exists is used."
  }

  assert {
    condition     = data.aws_iam_policy_document.state_read[0].statement[2].resources == toset(["arn:aws-cn:s3:::acme-dev-state/acme-dev/*.tflock"]) && data.aws_iam_policy_document.state_write[0].statement[0].resources == toset(["arn:aws-cn:s3:::acme-dev-state/acme-dev/*"]) && !contains(keys(aws_iam_role_policy_attachment.plan), "state-write")
    error_message = "A plan locks the state and cannot write it."
  }
}

run "no_way_up" {
  assert {
    condition     = alltrue([for action in flatten([for statement in data.aws_iam_policy_document.read.statement : tolist(statement.actions) if statement.sid != "ReadPublicParameters"]) : can(regex("^[a-z0-9-]+:(Describe|Get|List)", action)) && !contains(["secretsmanager:GetSecretValue", "s3:GetObject", "ssm:GetParameter"], action)])
    error_message = "A plan reads settings and no data."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.read.statement : statement.resources if statement.sid == "ReadPublicParameters"]) == toset(["arn:aws-cn:ssm:cn-north-1::parameter/aws/service/*"])
    error_message = "Of parameters it reads what AWS publishes."
  }

  assert {
    condition     = alltrue([for statement in flatten([for document in values(local.write_policies) : document.statement]) : alltrue([for action in statement.actions : !strcontains(action, "*")])])
    error_message = "Every action is named."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.identity.statement : one(statement.condition).values if statement.sid == "MakeRolesInsideTheBoundary"]) == tolist([aws_iam_policy.boundary[0].arn])
    error_message = "Roles are made with the boundary only."
  }

  assert {
    condition     = contains(one([for statement in data.aws_iam_policy_document.identity.statement : statement.resources if statement.sid == "NeverChangeItselfOrTheBoundary"]), "arn:aws-cn:iam::123456789012:role/acme-dev-terraform-*")
    error_message = "The apply role does not change itself."
  }
}

run "given_boundary_and_names" {
  command = plan

  variables {
    created_roles_boundary = "arn:aws-cn:iam::123456789012:policy/ours"
    managed_names          = ["acme-dev", "search"]
    hosted_zone_ids        = ["Z0123456789ABC"]
  }

  assert {
    condition     = length(aws_iam_policy.boundary) == 0 && output.created_roles_boundary == "arn:aws-cn:iam::123456789012:policy/ours"
    error_message = "A boundary that exists is used."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.edge.statement : statement.resources if statement.sid == "WriteRecords"]) == toset(["arn:aws-cn:route53:::hostedzone/Z0123456789ABC"])
    error_message = "Records of the listed zones."
  }

  assert {
    condition     = data.aws_iam_policy_document.data.statement[2].resources == toset(["arn:aws-cn:s3:::acme-dev*", "arn:aws-cn:s3:::search*"])
    error_message = "Buckets with our names."
  }
}

run "names_fit" {
  command = plan

  variables {
    name = "a23456789-123456789-12"
  }

  assert {
    condition     = length(var.name) == 22 && { for name, role in aws_iam_role.this : name => role.name_prefix } == { apply = "a23456789-123456789-12-terraform-appl-", plan = "a23456789-123456789-12-terraform-plan-" }
    error_message = "A prefix has at most 38 characters."
  }
}
