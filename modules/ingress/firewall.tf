# The web ACL: one that exists, or one with AWS's own rules.

locals {
  new_web_acl  = try(var.web_acl.create, null)
  new_web_acls = local.new_web_acl == null ? 0 : 1

  own_web_acl_keys = try(local.new_web_acl.kms_key_arn, null) == null ? local.new_web_acls : 0
  web_acl_key_arn  = local.own_web_acl_keys == 1 ? one(aws_kms_key.web_acl[*].arn) : try(local.new_web_acl.kms_key_arn, null)
  web_acl_log      = "aws-waf-logs-${var.name}" # WAF writes to groups of this beginning only

  # Group of AWS's rules => those of its rules that only count. Requests to models are long: the limits of 8 KB that are
  # made for forms would refuse them.
  managed_rules = {
    AWSManagedRulesAmazonIpReputationList = []
    AWSManagedRulesKnownBadInputsRuleSet  = []
    AWSManagedRulesCommonRuleSet          = ["SizeRestrictions_BODY"]
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.web_acl == null ? 0 : 1

  resource_arn = aws_lb.this.arn
  web_acl_arn  = local.new_web_acl == null ? var.web_acl.arn : aws_wafv2_web_acl.this[0].arn
}

resource "aws_wafv2_web_acl" "this" {
  count = local.new_web_acls

  name        = var.name
  description = "Load balancer ${var.name}"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = keys(local.managed_rules)

    content {
      name     = rule.value
      priority = rule.key

      override_action {
        dynamic "none" {
          for_each = local.new_web_acl.count_only ? [] : ["this"]

          content {}
        }

        dynamic "count" {
          for_each = local.new_web_acl.count_only ? ["this"] : []

          content {}
        }
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value

          dynamic "rule_action_override" {
            for_each = local.managed_rules[rule.value]

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.value
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }

  tags = { Name = var.name }
}

data "aws_iam_policy_document" "web_acl_key" {
  count = local.new_web_acls

  statement {
    sid       = "AccountAdministersThroughIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [local.account_id]
    }
  }

  statement {
    sid       = "CloudWatchLogsEncryptsThisGroup"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${local.partition}:logs:${data.aws_region.current.id}:${local.account_id}:log-group:${local.web_acl_log}"]
    }
  }
}

resource "aws_kms_key" "web_acl" {
  count = local.own_web_acl_keys

  description             = "Encrypts the log of the web ACL ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.web_acl_key[0].json
}

resource "aws_kms_alias" "web_acl" {
  count = local.own_web_acl_keys

  name          = "alias/${var.name}-web-acl"
  target_key_id = aws_kms_key.web_acl[0].key_id
}

resource "aws_cloudwatch_log_group" "web_acl" {
  count = local.new_web_acls

  name              = local.web_acl_log
  retention_in_days = local.new_web_acl.log_days
  kms_key_id        = local.web_acl_key_arn

  lifecycle {
    ignore_changes = [kms_key_id]

    # What was written before needs the key that it was written with, and the own one would go.
    postcondition {
      condition     = self.kms_key_id == local.web_acl_key_arn
      error_message = "The log of the web ACL `${var.name}` is encrypted with another key than `web_acl.create.kms_key_arn`, which it still needs. Leave it as it was; for another key, take the web ACL out first, which deletes its log."
    }
  }
}

# What was refused or counted; what was let through stands in the access logs. Keys and cookies are left out.
resource "aws_wafv2_web_acl_logging_configuration" "this" {
  count = local.new_web_acls

  resource_arn            = aws_wafv2_web_acl.this[0].arn
  log_destination_configs = [aws_cloudwatch_log_group.web_acl[0].arn]

  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  redacted_fields {
    single_header {
      name = "cookie"
    }
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }
}
