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
    condition = jsondecode(aws_iam_role.this["plan"].assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "app.terraform.io:aud" = "aws.workload.identity"
        "app.terraform.io:sub" = [
          "organization:acme:project:ml platform:workspace:acme-dev-cluster:run_phase:plan",
          "organization:acme:project:ml platform:workspace:acme-dev-network:run_phase:plan",
        ]
      }
    }
    error_message = "The plan phase of the named workspaces takes the plan role, and nothing is compared with a wildcard."
  }

  assert {
    condition = jsondecode(aws_iam_role.this["apply"].assume_role_policy).Statement[0].Condition.StringEquals["app.terraform.io:sub"] == [
      "organization:acme:project:ml platform:workspace:acme-dev-cluster:run_phase:apply",
      "organization:acme:project:ml platform:workspace:acme-dev-network:run_phase:apply",
    ]
    error_message = "A plan never takes the apply role."
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.plan)) == toset(["read"]) && toset(keys(aws_iam_role_policy_attachment.apply)) == toset(["cluster", "data", "edge", "identity", "keys", "network", "read", "storage"])
    error_message = "A plan reads; an apply reads and writes."
  }

  assert {
    condition     = keys(aws_iam_role_policy.guard) == ["apply"] && length(aws_iam_role_policy.state) == 0
    error_message = "What an apply role can never do stands within the role."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.this["hcp"].url == "https://app.terraform.io" && output.hcp_variables.TFC_AWS_PLAN_ROLE_ARN == output.plan_role_arn
    error_message = "HCP Terraform is trusted and told."
  }

  # Their ARNs are known to others: access entries, workspaces.
  assert {
    condition     = { for key, role in aws_iam_role.this : key => "${role.path}${role.name_prefix}" } == { apply = "/acme-dev-terraform-apply-", plan = "/acme-dev-terraform-plan-" }
    error_message = "The one pair is named as it always was, where it always was."
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
      kms_key_arn = "arn:aws-cn:kms:cn-northwest-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      prefix      = "acme-dev/"
    }
  }

  assert {
    condition     = jsondecode(local.trust["plan"]).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == ["repo:acme/infra:pull_request", "repo:acme/infra:ref:refs/heads/main"]
    error_message = "Pull requests and the main branch plan."
  }

  assert {
    condition     = jsondecode(local.trust["apply"]).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == ["repo:acme/infra:environment:production"]
    error_message = "Only jobs in the environment apply."
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.this) == 0
    error_message = "A provider that exists is used."
  }

  assert {
    condition     = jsonencode({ for statement in local.state_statements["all"]["plan"] : statement.Sid => statement.Resource }) == jsonencode({ FindStates = ["arn:aws-cn:s3:::acme-dev-state"], ReadStates = ["arn:aws-cn:s3:::acme-dev-state/acme-dev/*"], LockStates = ["arn:aws-cn:s3:::acme-dev-state/acme-dev/*.tflock"], UseTheStatesKeyThroughS3 = ["arn:aws-cn:kms:cn-northwest-1:123456789012:key/00000000-0000-0000-0000-000000000000"] })
    error_message = "A plan locks the state and cannot write it, nor see states of others."
  }

  assert {
    condition     = jsonencode([for statement in local.state_statements["all"]["apply"] : statement.Resource if statement.Sid == "WriteStates"]) == jsonencode([["arn:aws-cn:s3:::acme-dev-state/acme-dev/*"]])
    error_message = "An apply writes states below the prefix alone."
  }

  assert {
    condition     = one([for statement in local.state_statements["all"]["plan"] : statement.Condition.StringEquals["kms:ViaService"] if statement.Sid == "UseTheStatesKeyThroughS3"]) == "s3.cn-northwest-1.amazonaws.com.cn"
    error_message = "The key is used in the region in which it is."
  }

  assert {
    condition     = contains([for statement in local.guard_statements["all"] : statement.Sid], "NeverChangeTheBucketOfStates")
    error_message = "The bucket of states, which begins with the platform's name, is none of the platform's."
  }
}

run "no_way_up" {
  assert {
    condition     = alltrue([for action in flatten([for statement in local.read_statements : statement.Action if statement.Sid != "ReadPublicParameters"]) : can(regex("^[a-z0-9-]+:(Describe|Get|List)", action)) && !contains(["secretsmanager:GetSecretValue", "s3:GetObject", "ssm:GetParameter"], action)])
    error_message = "A plan reads settings and no data."
  }

  assert {
    condition     = one([for statement in local.read_statements : statement.Resource if statement.Sid == "ReadPublicParameters"]) == ["arn:aws-cn:ssm:cn-north-1::parameter/aws/service/*"]
    error_message = "Of parameters it reads what AWS publishes."
  }

  assert {
    condition     = alltrue(flatten([for of in values(local.write_policies) : [for statement in jsondecode(of.policy).Statement : [for action in statement.Action : !strcontains(action, "*")]]]))
    error_message = "Every action is named."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_policy.this["identity"].policy).Statement : try(statement.Condition.ArnEquals["iam:PermissionsBoundary"], null) == aws_iam_policy.boundary[0].arn
    if length(setintersection(statement.Action, ["iam:AttachRolePolicy", "iam:CreateRole", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"])) > 0])
    error_message = "Roles are made and get rights with the boundary only."
  }

  # Each of these would make what is another's ours.
  assert {
    condition = alltrue(flatten([for of in values(local.write_policies) : [
      for statement in jsondecode(of.policy).Statement : length([for key in keys(merge({}, try(statement.Condition.StringEquals, {}), try(statement.Condition.StringEqualsIfExists, {}), try(statement.Condition.StringLike, {}))) : key if startswith(key, "aws:ResourceTag/")]) > 0 || can(statement.Condition.Null["ec2:CreateAction"]) || can(statement.Condition.Null["elasticloadbalancing:CreateAction"]) || can(statement.Condition.Null["elasticfilesystem:CreateAction"]) || can(statement.Condition.Null["aws:ResourceTag/platform"]) || can(statement.Condition.Null["aws:RequestTag/platform"])
      if length([for action in statement.Action : action if can(regex(":(CreateTags|DeleteTags|AddTags|RemoveTags|Tag|Untag)", action))]) > 0
    ]]))
    error_message = "Tags are put on what is made, or on what is ours."
  }

  # A `*` that is no wildcard: what ECR asks of a template ends in one, and no repository does, whether it has tags or not.
  assert {
    condition     = flatten([for statement in jsondecode(aws_iam_policy.this["data"].policy).Statement : statement.Resource if statement.Sid == "MakeTemplatesOfRepositories"]) == ["arn:aws-cn:ecr:cn-north-1:123456789012:repository/*$${*}"]
    error_message = "Templates, and no repository of others."
  }

  assert {
    condition     = toset(flatten([for statement in local.guard_statements["all"] : statement.Resource if statement.Sid == "NeverChangeWhatTerraformRunsWith"])) == toset(["arn:aws-cn:iam::123456789012:policy/acme-dev-terraform-*", "arn:aws-cn:iam::123456789012:role/acme-dev-terraform-*", "arn:aws-cn:iam::123456789012:policy/terraform/*", "arn:aws-cn:iam::123456789012:role/terraform/*", aws_iam_policy.boundary[0].arn])
    error_message = "The apply role does not change itself, nor what is attached to it."
  }
}

run "what_is_attached_is_out_of_reach" {
  command = plan

  variables {
    created_roles_boundary = "arn:aws-cn:iam::123456789012:policy/ours"
    permissions_boundary   = "arn:aws-cn:iam::123456789012:policy/cap"
    apply_policy_arns      = { more = "arn:aws-cn:iam::123456789012:policy/acme-dev-more", aws = "arn:aws-cn:iam::aws:policy/ReadOnlyAccess" }
  }

  assert {
    condition     = length(setsubtract(["arn:aws-cn:iam::123456789012:policy/ours", "arn:aws-cn:iam::123456789012:policy/cap", "arn:aws-cn:iam::123456789012:policy/acme-dev-more"], flatten([for statement in local.guard_statements["all"] : statement.Resource if statement.Sid == "NeverChangeWhatTerraformRunsWith"]))) == 0
    error_message = "Policies that are given, and boundaries, are not the platform's to change, whatever they are called."
  }
}

run "given_boundary_and_names" {
  command = plan

  variables {
    created_roles_boundary = "arn:aws-cn:iam::123456789012:policy/ours"
    managed_names          = ["acme-dev", "search"]
    hosted_zone_ids        = ["Z0123456789ABC"]
    bucket_names           = ["models"]
  }

  assert {
    condition     = length(aws_iam_policy.boundary) == 0 && output.created_roles_boundary == "arn:aws-cn:iam::123456789012:policy/ours"
    error_message = "A boundary that exists is used."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_iam_policy.this["edge"].policy).Statement : statement.Resource if statement.Sid == "WriteRecords"]) == ["arn:aws-cn:route53:::hostedzone/Z0123456789ABC"]
    error_message = "Records of the listed zones."
  }

  assert {
    condition     = jsonencode(local.buckets["all"]) == jsonencode(["acme-dev-123456789012", "acme-dev-123456789012-*", "search-123456789012", "search-123456789012-*", "models", "models-logs", "acme-dev-ingress-logs-*", "acme-dev-logs-123456789012-*", "search-ingress-logs-*", "search-logs-123456789012-*", "acme-dev-flow-logs-*", "search-flow-logs-*"])
    error_message = "Buckets are those that the modules name, and those that are listed: none of `acme-dev2` or `acme-dev-two`."
  }

  assert {
    condition     = local.ours == { "aws:ResourceTag/platform" = "acme-dev" }
    error_message = "The tag `platform` is the module's name where several names are managed."
  }

  # A name without a `-` behind it would be that of a neighbour as well.
  assert {
    condition     = length(flatten([for of in values(local.policies) : [for statement in jsondecode(of.policy).Statement : [for resource in statement.Resource : resource if can(regex("(acme-dev|search)[*]", resource))]]])) == 0
    error_message = "Names end at a `-`, at a `/` or whole."
  }
}

run "tags_of_ones_own" {
  command = plan

  variables {
    created_roles_boundary = "arn:aws-cn:iam::123456789012:policy/ours"
    owner_tags             = { platform_key = "Stack", platform_value = "ml" }
  }

  assert {
    condition     = local.own["all"] == { "aws:ResourceTag/Stack" = "ml" } && local.made["all"] == { "aws:RequestTag/Stack" = "ml" }
    error_message = "Other tags tell what is ours."
  }
}

run "bucket_of_states_is_not_the_platforms" {
  command = plan

  variables {
    state = {
      bucket_arn  = "arn:aws-cn:s3:::acme-dev-123456789012-states"
      kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      prefix      = "acme-dev/"
    }
  }

  expect_failures = [aws_iam_role.this]
}

# Layers of which none makes data: the boundary is for all roles that are made, with the platform's buckets.
run "bucket_of_states_is_not_of_roles_that_are_made" {
  command = plan

  variables {
    hcp    = { organization = "acme", project = "ml-platform" }
    layers = { cluster = { workspaces = ["acme-dev-cluster"] } }
    state = {
      bucket_arn  = "arn:aws-cn:s3:::acme-dev-123456789012-states"
      kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      prefix      = "acme-dev/"
    }
  }

  expect_failures = [aws_iam_role.this]
}

run "bucket_of_states_is_not_given" {
  command = plan

  variables {
    given = { bucket_arns = ["arn:aws-cn:s3:::acme-*"] }
    state = {
      bucket_arn  = "arn:aws-cn:s3:::acme-states"
      kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      prefix      = "acme-dev/"
    }
  }

  expect_failures = [aws_iam_role.this]
}

# Modules cut names of roles: the longest of clusters, the longest of add-ons.
run "names_of_roles_handed_on" {
  command = plan

  variables {
    created_roles_boundary = "arn:aws-cn:iam::123456789012:policy/ours"
    managed_names          = ["a23456789-123456789-1234"]
  }

  assert {
    condition     = join(" ", slice(local.ends_of.addons, 0, 2)) == "a23456789-123456789-1234-amazon-cloud-20* a23456789-123456789-1234-cert-manager-20*" && contains(local.ends_of.addons, "a23456789-123456789-1234-mountpoint-s-20*")
    error_message = "Roles of add-ons as the module `cluster` cuts their names: ${jsonencode(local.ends_of.addons)}."
  }

  assert {
    condition     = jsonencode(local.ends_of.nodes) == jsonencode(["a23456789-123456789-1234-auto-20*", "a23456789-123456789-1234-auto-own-20*", "a23456789-123456789-12-kn-20*", "a23456789-123456789-1234-node-20*"])
    error_message = "Roles of nodes, of a Karpenter whose cluster's name is cut at 22: ${jsonencode(local.ends_of.nodes)}."
  }

  # A neighbour called `<platform>-node` has a word where ours have a time.
  assert {
    condition     = length([for name in flatten([for of in values(local.passed) : values(of)]) : name if !endswith(name, "-20*")]) == 0
    error_message = "Whole names, and a time: ${jsonencode(local.passed)}."
  }

  assert {
    condition     = aws_iam_role.this["apply"].tags == tomap({ platform = "terraform of acme-dev" }) && aws_iam_policy.this["network"].tags == tomap({ platform = "terraform of acme-dev" })
    error_message = "What Terraform runs with is no platform's."
  }
}
