data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region     = data.aws_region.current.id
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  dns_suffix = data.aws_partition.current.dns_suffix

  # The last part of `arn:…:cluster/<name>`.
  cluster_name = element(split("/", var.cluster_arn), 1)

  # Each policy by a name that is known at plan, of the documents that are there.
  all_addons = {
    aws-load-balancer-controller = {
      wanted           = var.load_balancer_controller != null
      short            = "lbc"
      description      = "Load balancers and target groups"
      namespace        = try(var.load_balancer_controller.namespace, "")
      service_accounts = compact([try(var.load_balancer_controller.service_account, "")])
      policies = merge(
        { for document in data.aws_iam_policy_document.load_balancers : "load-balancers" => document.minified_json },
        { for document in data.aws_iam_policy_document.surroundings : "surroundings" => document.minified_json },
        { for document in data.aws_iam_policy_document.targets : "targets" => document.minified_json },
      )
    }
    cert-manager = {
      wanted           = var.cert_manager != null
      short            = "certs"
      description      = "DNS challenges"
      namespace        = try(var.cert_manager.namespace, "")
      service_accounts = compact([try(var.cert_manager.service_account, "")])
      policies         = { for document in data.aws_iam_policy_document.challenges : "challenges" => document.minified_json }
    }
    external-dns = {
      wanted           = var.external_dns != null
      short            = "dns"
      description      = "Records of hosted zones"
      namespace        = try(var.external_dns.namespace, "")
      service_accounts = compact([try(var.external_dns.service_account, "")])
      policies         = { for document in data.aws_iam_policy_document.records : "records" => document.minified_json }
    }
    external-secrets = {
      wanted           = var.external_secrets != null
      short            = "secrets"
      description      = "Secrets and parameters"
      namespace        = try(var.external_secrets.namespace, "")
      service_accounts = compact([try(var.external_secrets.service_account, "")])
      policies         = { for document in data.aws_iam_policy_document.secrets : "secrets" => document.minified_json }
    }
    log-store = {
      wanted           = var.log_store != null
      short            = "logs"
      description      = "Logs in a bucket"
      namespace        = try(var.log_store.namespace, "")
      service_accounts = try(tolist(var.log_store.service_accounts), [])
      policies         = { for name, document in data.aws_iam_policy_document.store : "bucket" => document.minified_json if name == "log-store" }
    }
    metrics-store = {
      wanted           = var.metrics_store != null
      short            = "metrics"
      description      = "Metrics in a bucket"
      namespace        = try(var.metrics_store.namespace, "")
      service_accounts = try(tolist(var.metrics_store.service_accounts), [])
      policies         = { for name, document in data.aws_iam_policy_document.store : "bucket" => document.minified_json if name == "metrics-store" }
    }
    workflow-propeller = {
      wanted           = var.workflow_propeller != null
      short            = "flows"
      description      = "What workflows keep in a bucket"
      namespace        = try(var.workflow_propeller.namespace, "")
      service_accounts = compact([try(var.workflow_propeller.service_account, "")])
      policies         = { for name, document in data.aws_iam_policy_document.store : "bucket" => document.minified_json if name == "workflow-propeller" }
    }
  }

  addons = { for name, addon in local.all_addons : name => addon if addon.wanted }
}

module "role" {
  for_each = local.addons

  source = "../workload-identity"

  name                 = "${var.name}-${each.value.short}"
  description          = "${each.value.description}, for ${each.key} in the cluster ${local.cluster_name}"
  identity             = var.identity
  cluster_arn          = var.cluster_arn
  oidc_provider_arn    = var.oidc_provider_arn
  service_accounts     = { for account in each.value.service_accounts : account => { namespace = each.value.namespace, name = account } }
  policies             = each.value.policies
  permissions_boundary = var.permissions_boundary
}
