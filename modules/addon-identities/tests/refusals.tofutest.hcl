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
}

run "bad_values_1" {
  command = plan

  variables {
    name                     = "a-name-that-is-too-long-for-it"                                                          # 30 characters
    cluster_arn              = "acme-dev"                                                                                # a name
    oidc_provider_arn        = "https://oidc.eks.us-east-1.amazonaws.com/id/A"                                           # an address
    load_balancer_controller = { target_group_arns = { all = "arn:aws:elasticloadbalancing:us-east-1:123456789012:*" } } # every group
    external_dns             = { zone_ids = {} }                                                                         # no zone
    cert_manager             = { zone_ids = { apps = "*" } }                                                             # every zone
    external_secrets         = {}                                                                                        # nothing to read
    metrics_store            = { bucket_arn = "acme", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1" }         # a name
    log_store                = { bucket_arn = "arn:aws:s3:::acme", kms_key_arn = "alias/acme" }                          # an alias
    workflow_propeller       = { bucket_arn = "acme", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1" }         # a name
    permissions_boundary     = "arn:aws:iam::123456789012:role/boundary"                                                 # a role
  }

  expect_failures = [
    var.name,
    var.cluster_arn,
    var.oidc_provider_arn,
    var.load_balancer_controller,
    var.external_dns,
    var.cert_manager,
    var.external_secrets,
    var.metrics_store,
    var.log_store,
    var.workflow_propeller,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    identity                 = "keys"                                                                                                                # no such way
    load_balancer_controller = { target_groups_only = true }                                                                                         # no group
    external_dns             = { zone_ids = { apps = "example.com" } }                                                                               # a domain
    cert_manager             = { zone_ids = { apps = "Z0123" }, challenge_names = ["*"] }                                                            # every record
    external_secrets         = { secret_prefixes = ["acme/*"] }                                                                                      # a pattern
    metrics_store            = { bucket_arn = "arn:aws:s3:::acme", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1", prefix = "/m" }         # a slash
    log_store                = { bucket_arn = "arn:aws:s3:::acme", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1", namespace = "*" }       # every namespace
    workflow_propeller       = { bucket_arn = "arn:aws:s3:::acme", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1", prefix = "workflows/" } # a slash
  }

  expect_failures = [
    var.identity,
    var.load_balancer_controller,
    var.external_dns,
    var.cert_manager,
    var.external_secrets,
    var.metrics_store,
    var.log_store,
    var.workflow_propeller,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    load_balancer_controller = { features = ["everything"] }                                                                                         # no such feature
    external_dns             = { zone_ids = { apps = "Z0123" }, service_account = "*" }                                                              # every account
    cert_manager             = { zone_ids = { apps = "Z0123" }, namespace = "*" }                                                                    # every namespace
    external_secrets         = { parameter_prefixes = ["acme"], kms_key_arns = { a = "alias/acme" } }                                                # an alias
    metrics_store            = { bucket_arn = "arn:aws:s3:::acme", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1", service_accounts = [] } # nobody
    log_store                = { bucket_arn = "arn:aws:s3:::acme", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1", prefix = "l*" }         # a pattern
    workflow_propeller       = { bucket_arn = "arn:aws:s3:::acme", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1", service_account = "*" } # every account
  }

  expect_failures = [
    var.load_balancer_controller,
    var.external_dns,
    var.cert_manager,
    var.external_secrets,
    var.metrics_store,
    var.log_store,
    var.workflow_propeller,
  ]
}

run "bad_values_4" {
  command = plan

  variables {
    load_balancer_controller = { vpc_id = "*" }                                                 # every VPC
    external_secrets         = { secret_prefixes = ["acme"], service_account = "Not_A_Name" }   # no name
    metrics_store            = { bucket_arn = "arn:aws:s3:::acme", kms_key_arn = "key" }        # no ARN
    log_store                = { bucket_arn = "arn:aws:s3:::*", kms_key_arn = "key" }           # every bucket
    workflow_propeller       = { bucket_arn = "arn:aws:s3:::acme", kms_key_arn = "alias/acme" } # an alias
  }

  expect_failures = [
    var.load_balancer_controller,
    var.external_secrets,
    var.metrics_store,
    var.log_store,
    var.workflow_propeller,
  ]
}

run "bad_values_5" {
  command = plan

  variables {
    load_balancer_controller = { namespace = "*" } # every namespace
  }

  expect_failures = [var.load_balancer_controller]
}

run "irsa_without_provider" {
  command = plan

  variables {
    identity = "irsa"
  }

  expect_failures = [var.oidc_provider_arn]
}
