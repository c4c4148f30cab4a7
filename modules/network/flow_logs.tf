locals {
  flow_logs          = var.flow_logs == null ? 0 : 1
  own_flow_logs_key  = try(var.flow_logs.kms_key_arn, null) == null ? local.flow_logs : 0
  flow_logs_key_arn  = local.own_flow_logs_key == 1 ? one(aws_kms_key.flow_logs[*].arn) : try(var.flow_logs.kms_key_arn, null)
  flow_log_group     = "/aws/vpc/${var.name}/flow-logs"
  logs_arn           = "arn:${data.aws_partition.current.partition}:logs:${local.region}:${data.aws_caller_identity.current.account_id}"
  flow_log_group_arn = "${local.logs_arn}:log-group:${local.flow_log_group}"
}

data "aws_iam_policy_document" "flow_logs_key" {
  count = local.flow_logs

  statement {
    sid       = "AccountAdministersThroughIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }

  statement {
    sid       = "CloudWatchLogsEncryptsThisGroup"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.${data.aws_partition.current.dns_suffix}"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = [local.flow_log_group_arn]
    }
  }
}

resource "aws_kms_key" "flow_logs" {
  count = local.own_flow_logs_key

  description             = "Flow logs of the network ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.flow_logs_key[0].json

  tags = { Name = "${var.name}-flow-logs" }
}

resource "aws_kms_alias" "flow_logs" {
  count = local.own_flow_logs_key

  name          = "alias/${var.name}-flow-logs"
  target_key_id = aws_kms_key.flow_logs[0].key_id
}

resource "aws_cloudwatch_log_group" "flow_logs" {
  count = local.flow_logs

  name              = local.flow_log_group
  retention_in_days = var.flow_logs.retention_days
  kms_key_id        = local.flow_logs_key_arn

  lifecycle {
    ignore_changes = [kms_key_id]

    # What was written before needs the key that it was written with, and the own one would go.
    postcondition {
      condition     = self.kms_key_id == local.flow_logs_key_arn
      error_message = "The flow logs of `${var.name}` are encrypted with another key than `flow_logs.kms_key_arn`, which they still need. Leave it as it was; for another key, switch flow logs off first, which deletes them."
    }
  }
}

data "aws_service_principal" "flow_logs" {
  service_name = "vpc-flow-logs"
}

data "aws_iam_policy_document" "flow_logs_trust" {
  count = local.flow_logs

  statement {
    sid     = "FlowLogsOfThisAccount"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.flow_logs.name]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:ec2:${local.region}:${data.aws_caller_identity.current.account_id}:vpc-flow-log/*"]
    }
  }
}

data "aws_iam_policy_document" "flow_logs" {
  count = local.flow_logs

  statement {
    sid       = "WriteToTheGroup"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = [local.flow_log_group_arn, "${local.flow_log_group_arn}:*"]
  }

  statement {
    sid       = "FindTheGroup"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["*"] # the action knows no resource
  }
}

resource "aws_iam_role" "flow_logs" {
  count = local.flow_logs

  name_prefix          = "${var.name}-flow-logs-"
  description          = "Writes the flow logs of the network ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.flow_logs_trust[0].json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "flow_logs" {
  count = local.flow_logs

  name   = "write-flow-logs"
  role   = aws_iam_role.flow_logs[0].id
  policy = data.aws_iam_policy_document.flow_logs[0].json
}

resource "aws_flow_log" "this" {
  count = local.flow_logs

  vpc_id          = aws_vpc.this.id
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.flow_logs[0].arn
  iam_role_arn    = aws_iam_role.flow_logs[0].arn

  tags = { Name = var.name }

  # Without its permission the first deliveries fail, and on destroy the log would outlive it.
  depends_on = [aws_iam_role_policy.flow_logs]
}
