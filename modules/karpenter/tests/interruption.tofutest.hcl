# Made by `cargo xtask gen` for OpenTofu, of `interruption.tftest.hcl`.

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

  mock_data "aws_service_principal" {
    defaults = {
      name = "service.amazonaws.com"
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

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws-cn:sqs:cn-north-1:123456789012:acme-dev-karpenter"
      url = "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/acme-dev-karpenter"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws-cn:events:cn-north-1:123456789012:rule/mocked"
    }
  }
}

variables {
  cluster_name = "acme-dev"
}

run "queue" {
  assert {
    condition     = aws_sqs_queue.interruption[0].sqs_managed_sse_enabled && aws_sqs_queue.interruption[0].message_retention_seconds == 300
    error_message = "The queue is encrypted and forgets after five minutes."
  }

  assert {
    condition     = aws_sqs_queue.interruption[0].policy == data.aws_iam_policy_document.queue[0].json
    error_message = "The queue has its policy from the first moment."
  }

  assert {
    condition     = data.aws_iam_policy_document.queue[0].statement[1].effect == "Deny" && one(data.aws_iam_policy_document.queue[0].statement[1].condition).variable == "aws:SecureTransport"
    error_message = "The queue is reached over TLS only."
  }

  assert {
    condition = one(data.aws_iam_policy_document.queue[0].statement[0].condition).values == tolist([
      for name in ["health", "instance-state", "rebalance", "reservation", "spot"] : "arn:aws-cn:events:cn-north-1:123456789012:rule/acme-dev-karpenter-${name}"
    ])
    error_message = "Only the five rules write to it."
  }
}

run "five_rules" {
  assert {
    condition = { for name, rule in aws_cloudwatch_event_rule.interruption : name => jsondecode(rule.event_pattern)["detail-type"][0] } == {
      health         = "AWS Health Event"
      instance-state = "EC2 Instance State-change Notification"
      rebalance      = "EC2 Instance Rebalance Recommendation"
      reservation    = "EC2 Capacity Reservation Instance Interruption Warning"
      spot           = "EC2 Spot Instance Interruption Warning"
    }
    error_message = "Spot notices, rebalance recommendations, ending reservations, instance states and health events are heard."
  }

  assert {
    condition     = alltrue([for target in values(aws_cloudwatch_event_target.interruption) : target.arn == aws_sqs_queue.interruption[0].arn])
    error_message = "All of them go to the queue."
  }
}

run "names_fit" {
  command = plan

  variables {
    cluster_name = "a-name-of-seventy-characters-which-is-as-long-as-the-queue-s-name-lets"
  }

  assert {
    condition     = alltrue([for rule in values(aws_cloudwatch_event_rule.interruption) : length(rule.name) <= 64])
    error_message = "EventBridge takes names of at most 64 characters."
  }
}

run "own_key" {
  command = plan

  variables {
    queue_kms_key = { arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/1" }
  }

  assert {
    condition     = aws_sqs_queue.interruption[0].kms_master_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/1"
    error_message = "The given key encrypts the queue."
  }

  assert {
    condition     = anytrue([for statement in data.aws_iam_policy_document.surroundings.statement : statement.sid == "ReadEncryptedMessages" && statement.resources == toset(["arn:aws-cn:kms:cn-north-1:123456789012:key/1"])])
    error_message = "The controller may read what the key encrypts."
  }
}

run "off" {
  command = plan

  variables {
    interruption_queue = false
  }

  assert {
    condition     = length(aws_sqs_queue.interruption) + length(aws_cloudwatch_event_rule.interruption) + length(aws_cloudwatch_event_target.interruption) == 0
    error_message = "Nothing of the queue is there when it is off."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.surroundings.statement : statement.sid != "HearOfInterruptions"]) && output.chart_values.settings.interruptionQueue == ""
    error_message = "And the controller is told so."
  }
}

# What exists keeps its name.
run "short_names_are_whole" {
  command = plan

  variables {
    cluster_name = "a-name-of-thirty-eight-characters-here"
  }

  assert {
    condition     = length(var.cluster_name) == 38 && aws_cloudwatch_event_rule.interruption["spot"].name == "a-name-of-thirty-eight-characters-here-karpenter-spot"
    error_message = "Up to 38 characters the name of a rule begins with that of the cluster."
  }
}

run "long_names_differ" {
  command = plan

  variables {
    cluster_name = "a-name-of-thirty-eight-characters-here-one"
  }

  assert {
    condition     = aws_cloudwatch_event_rule.interruption["spot"].name == "a-name-of-thirty-eight-characte-${substr(sha256("a-name-of-thirty-eight-characters-here-one"), 0, 6)}-karpenter-spot" && substr(sha256("a-name-of-thirty-eight-characters-here-one"), 0, 6) != substr(sha256("a-name-of-thirty-eight-characters-here-two"), 0, 6)
    error_message = "Two clusters whose names begin alike have rules of their own."
  }

  assert {
    condition     = alltrue([for arn in one(data.aws_iam_policy_document.queue[0].statement[0].condition).values : contains([for rule in values(aws_cloudwatch_event_rule.interruption) : "arn:aws-cn:events:cn-north-1:123456789012:rule/${rule.name}"], arn)])
    error_message = "The queue knows them by these names."
  }
}
