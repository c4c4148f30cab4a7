terraform {
  required_providers {
    truefoundry = {
      source = "truefoundry/truefoundry"
    }
  }
}

provider "truefoundry" {
  max_retries = 2
  timeout     = 3
}

resource "truefoundry_environment" "this" {
  for_each      = toset(["dev", "production"])
  name          = each.key
  is_production = each.key == "production"
  optimize_for  = "COST"
}

resource "truefoundry_provider_account_aws" "this" {
  name           = "main"
  aws_account_id = "123456789012"
  auth_data = {
    assumed_role = { assumed_role_arn = "arn:aws:iam::123456789012:role/platform", external_id = "x" }
  }
  integrations = {
    images  = { ecr = { registry_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com" } }
    models  = { s3 = { storage_root = "s3://models", region = "us-east-1" } }
    secrets = { parameter_store = { region = "us-east-1" } }
  }
}

resource "truefoundry_provider_account_openai" "this" {
  name         = "models"
  auth_data    = { api_key = "sk-not-a-real-key" }
  integrations = {}
}

resource "truefoundry_team" "this" {
  for_each = toset(["a", "b", "c", "d", "e"])
  name     = each.key
  members  = ["admin@demo.example"]
}

resource "truefoundry_user" "this" {
  email = "ada@example.com"
  role  = "admin"
}

resource "truefoundry_role" "this" {
  name          = "reader"
  display_name  = "Reader"
  description   = "Reads."
  resource_type = "tenant"
  permissions   = ["cluster:ManageClusters"]
}

resource "truefoundry_cluster" "this" {
  name                 = "prod"
  cluster_type         = "aws-eks"
  environment_names    = [for each in truefoundry_environment.this : each.name]
  default_registry_fqn = truefoundry_provider_account_aws.this.integration_fqns["images"]
}

resource "truefoundry_ml_repo" "this" {
  for_each                = toset(["a", "b", "c"])
  name                    = each.key
  storage_integration_fqn = truefoundry_provider_account_aws.this.integration_fqns["models"]
}

resource "truefoundry_secret_group" "this" {
  for_each        = toset(["a", "b"])
  name            = each.key
  integration_fqn = truefoundry_provider_account_aws.this.integration_fqns["secrets"]
}

resource "truefoundry_secret" "this" {
  secret_group_fqn = truefoundry_secret_group.this["a"].fqn
  name             = "key"
  value_wo         = "not-a-secret"
  value_wo_version = 1
}

resource "truefoundry_workspace" "this" {
  for_each    = toset(["a", "b", "c", "d", "e", "f"])
  name        = "space-${each.key}"
  cluster_fqn = truefoundry_cluster.this.fqn
}

resource "truefoundry_service" "this" {
  for_each      = toset(["a", "b", "c", "d"])
  name          = "api"
  workspace_fqn = truefoundry_workspace.this[each.key].fqn
  image         = { image = { image_uri = "nginx" } }
  ports         = [{ port = 80, protocol = "TCP", expose = false }]
  replicas      = { fixed = 1 }
}

resource "truefoundry_gateway_rate_limiting_config" "this" {
  name = "limits"
  rules = [
    {
      id       = "per-user"
      when     = { models = ["openai/gpt-4o"] }
      limit_to = 60
      unit     = "requests_per_minute"
    },
  ]
}

resource "truefoundry_manifest" "this" {
  for_each = toset(["x", "y", "z"])
  manifest = jsonencode({ type = "team", name = each.key, members = ["admin@demo.example"] })
}
