# Notices that an instance is about to go: EventBridge puts them into a queue that the controller empties.

locals {
  events = var.interruption_queue ? {
    health         = { source = "aws.health", detail_type = "AWS Health Event", description = "Maintenance and faults of instances" }
    instance-state = { source = "aws.ec2", detail_type = "EC2 Instance State-change Notification", description = "Instances that stop or end" }
    reservation    = { source = "aws.ec2", detail_type = "EC2 Capacity Reservation Instance Interruption Warning", description = "Instances whose capacity reservation ends" }
    rebalance      = { source = "aws.ec2", detail_type = "EC2 Instance Rebalance Recommendation", description = "Spot instances that may soon go" }
    spot           = { source = "aws.ec2", detail_type = "EC2 Spot Instance Interruption Warning", description = "Spot instances that go in two minutes" }
  } : {}

  # A rule's name ends at 64 characters. What is cut off of a longer name is told apart by six of its hash.
  rule_start = length(var.cluster_name) <= 38 ? var.cluster_name : "${substr(var.cluster_name, 0, 31)}-${substr(sha256(var.cluster_name), 0, 6)}"
  rule_names = { for name in keys(local.events) : name => "${local.rule_start}-karpenter-${name}" }
}

# The policy is there from the queue's first moment. As a resource of its own the AWS provider would wait for it once more, half a minute
# while it is made and as long while it goes.
resource "aws_sqs_queue" "interruption" {
  count = var.interruption_queue ? 1 : 0

  name                      = local.queue_name
  policy                    = data.aws_iam_policy_document.queue[0].json
  message_retention_seconds = 300 # a notice is worth nothing later
  kms_master_key_id         = try(var.queue_kms_key.arn, null)
  sqs_managed_sse_enabled   = var.queue_kms_key == null ? true : null

  lifecycle {
    create_before_destroy = true # taken away after the controller has stopped to listen
  }
}

data "aws_iam_policy_document" "queue" {
  count = var.interruption_queue ? 1 : 0

  statement {
    sid       = "EventBridgeSendsNotices"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"] # a name without a region or partition form
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [for name in values(local.rule_names) : "arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${name}"]
    }
  }

  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [local.queue_arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

# Before, the policy was a resource of its own: what holds it now is the queue, and taking it away would empty it.
removed {
  from = aws_sqs_queue_policy.interruption

  lifecycle {
    destroy = false
  }
}

resource "aws_cloudwatch_event_rule" "interruption" {
  for_each = local.events

  name          = local.rule_names[each.key]
  description   = "${each.value.description}, for Karpenter in the cluster ${var.cluster_name}"
  event_pattern = jsonencode({ source = [each.value.source], detail-type = [each.value.detail_type] })

  lifecycle {
    create_before_destroy = true # under another name: no notice is lost in between
  }
}

resource "aws_cloudwatch_event_target" "interruption" {
  for_each = local.events

  rule      = aws_cloudwatch_event_rule.interruption[each.key].name
  target_id = "karpenter"
  arn       = aws_sqs_queue.interruption[0].arn

  lifecycle {
    create_before_destroy = true # as the rule that it is of
  }
}
