# Made by `cargo xtask gen` for OpenTofu, of `layers.tftest.hcl`.

# A plan and an apply role for each layer.

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
  name                   = "acme-dev"
  hcp                    = { organization = "acme", project = "ml" }
  created_roles_boundary = "arn:aws-cn:iam::123456789012:policy/ours"
  layers = {
    network  = { workspaces = ["acme-dev-network"] }
    cluster  = { workspaces = ["acme-dev-cluster"] }
    data     = { workspaces = ["acme-dev-data"] }
    identity = { workspaces = ["acme-dev-identity"] }
    ingress  = { workspaces = ["acme-dev-ingress"] }
    addons   = { workspaces = ["acme-dev-addons"] }
  }
  state = {
    bucket_arn  = "arn:aws-cn:s3:::acme-dev-state"
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    prefix      = "acme-dev/"
  }
}

run "a_pair_for_each" {
  assert {
    condition = { for key, role in aws_iam_role.this : key => "${role.path}${role.name_prefix}" if startswith(key, "n") || startswith(key, "a") } == {
      "addons/apply"  = "/terraform/acme-dev/acme-dev-addons-apply-"
      "addons/plan"   = "/terraform/acme-dev/acme-dev-addons-plan-"
      "network/apply" = "/terraform/acme-dev/acme-dev-network-apply-"
      "network/plan"  = "/terraform/acme-dev/acme-dev-network-plan-"
    }
    error_message = "Roles of layers are below a path of their own, and the one pair is not there."
  }

  assert {
    condition     = length(aws_iam_role.this) == 12 && output.plan_role_arn == null && length(output.hcp_variables) == 0 && join(",", keys(output.layer_hcp_variables)) == join(",", keys(var.layers))
    error_message = "Each layer has a pair, and is told it."
  }

  assert {
    condition     = jsondecode(local.trust["data/apply"]).Statement[0].Condition.StringEquals["app.terraform.io:sub"] == ["organization:acme:project:ml:workspace:acme-dev-data:run_phase:apply"]
    error_message = "The workspace of a layer, in its phase, takes the layer's role."
  }

  assert {
    condition = jsonencode({ for layer in keys(var.layers) : layer => sort([for policy, of in local.write_policies : split("/", policy)[1] if of.set == layer]) }) == jsonencode({
      addons   = []
      cluster  = ["cluster", "identity", "keys", "network", "storage"]
      data     = ["data", "identity", "keys", "network", "storage"]
      identity = ["cluster", "identity", "network", "storage"]
      ingress  = ["edge", "keys", "network", "storage"]
      network  = ["edge", "identity", "keys", "network", "storage"]
    })
    error_message = "A layer has the rights for what it makes; one that makes nothing of AWS has none."
  }

  # Whatever may be changed carries the layer's own tag, or no tag can be asked for.
  assert {
    condition = alltrue(flatten([for of in values(local.write_policies) : [for statement in jsondecode(of.policy).Statement :
      try(statement.Condition.StringEquals["aws:ResourceTag/layer"], null) == of.set if startswith(statement.Sid, "Keep") && !contains(["KeepAssociationsOfAddons", "KeepWhatTheyHeld"], statement.Sid)
    ]]))
    error_message = "Layer A's role cannot touch what layer B has made."
  }

  assert {
    condition = alltrue(flatten([for of in values(local.write_policies) : [for statement in jsondecode(of.policy).Statement :
      try(statement.Condition.StringEquals["aws:RequestTag/layer"], null) == of.set if startswith(statement.Sid, "Make") && can(statement.Condition.StringEquals["aws:RequestTag/platform"])
    ]]))
    error_message = "What a layer makes gets its tag."
  }

  assert {
    condition = jsonencode({ for layer in keys(var.layers) : layer => one([for statement in local.state_statements[layer]["apply"] : statement.Resource if statement.Sid == "WriteStates"]) }) == jsonencode({
      for layer in keys(var.layers) : layer => ["arn:aws-cn:s3:::acme-dev-state/acme-dev/${layer}.tfstate"]
    })
    error_message = "A layer writes its own state."
  }

  assert {
    condition = jsonencode({ for layer in keys(var.layers) : layer => local.buckets[layer] if length(local.buckets[layer]) > 0 }) == jsonencode({
      data    = ["acme-dev-123456789012", "acme-dev-123456789012-*"]
      ingress = ["acme-dev-ingress-logs-*", "acme-dev-logs-123456789012-*"]
      network = ["acme-dev-flow-logs-*"]
    })
    error_message = "Buckets are told by their names, which differ by layer."
  }

  assert {
    condition     = one([for statement in local.network_statements["identity"] : statement.Condition.StringEquals["aws:ResourceTag/layer"] if statement.Sid == "OpenGroupsOfData"]) == ["data"]
    error_message = "The layer `identity` lets nodes in to what the layer `data` keeps, and to nothing else of others."
  }
}

run "both_while_moving" {
  command = plan

  variables {
    one_pair = true
    hcp      = { organization = "acme", project = "ml", workspaces = ["acme-dev"] }
  }

  assert {
    condition     = length(local.roles) == 14 && contains(keys(local.roles), "plan") && contains(keys(local.roles), "network/plan")
    error_message = "The one pair stays until all workspaces have moved."
  }
}

run "github" {
  command = plan

  variables {
    hcp    = null
    github = { repository = "acme/infra", oidc_provider_arn = "arn:aws-cn:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
    layers = { everything = { environments = ["production"], plan_branches = ["next"], makes = ["network", "data"], state_keys = ["a.tfstate", "b/c.tfstate"] } }
  }

  assert {
    condition     = jsonencode([local.subjects["everything/plan"].github, local.subjects["everything/apply"].github]) == jsonencode([["repo:acme/infra:pull_request", "repo:acme/infra:ref:refs/heads/next"], ["repo:acme/infra:environment:production"]])
    error_message = "Pull requests and the layer's branches plan, its environments apply."
  }

  assert {
    condition     = jsonencode(local.state_objects["everything"]) == jsonencode(["arn:aws-cn:s3:::acme-dev-state/acme-dev/a.tfstate", "arn:aws-cn:s3:::acme-dev-state/acme-dev/b/c.tfstate"]) && contains(keys(local.write_policies), "everything/data") && !contains(keys(local.write_policies), "everything/cluster")
    error_message = "A layer of one's own says what it makes and where its states are."
  }
}

run "nobody_runs_a_layer" {
  command = plan

  variables {
    layers = { network = {} }
  }

  expect_failures = [aws_iam_role.this]
}
