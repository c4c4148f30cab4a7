locals {
  log_exports = toset(["postgresql", "upgrade"])
  log_groups  = { for log in local.log_exports : log => "/aws/rds/instance/${var.name}/${log}" }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_groups

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = local.key_arn
}

data "aws_service_principal" "monitoring" {
  service_name = "monitoring.rds"
}

data "aws_iam_policy_document" "monitoring_trust" {
  statement {
    sid     = "RdsMonitorsThisInstance"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.monitoring.name]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:rds:${local.region}:${local.account_id}:db:${var.name}"]
    }
  }
}

resource "aws_iam_role" "monitoring" {
  name_prefix          = "${var.name}-monitoring-"
  description          = "Enhanced monitoring of the database ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.monitoring_trust.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
