locals {
  repositories = "arn:${local.partition}:ecr:${local.region}:${local.account_id}:repository/${var.registry_prefix}*"
}

data "aws_iam_policy_document" "storage" {
  statement {
    sid       = "FindObjects"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [var.bucket_arn]
  }

  statement {
    sid = "KeepObjects"
    actions = [
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:GetObject",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ]
    resources = ["${var.bucket_arn}/*"]
  }

  statement {
    sid       = "UseTheBucketsKeyThroughS3"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.bucket_kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${local.region}.${local.dns_suffix}"]
    }
  }
}

data "aws_iam_policy_document" "registry" {
  statement {
    sid       = "SignInToTheRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # the action knows no resource
  }

  statement {
    sid = "LookAtTheRegistry"
    actions = [
      "ecr:DescribeRegistry",
      "ecr:GetRegistryScanningConfiguration",
    ]
    resources = ["*"] # they know no resource: an account has one registry in a region
  }

  # What ECR found in the images, and which of them it will remove.
  statement {
    sid = "LookAtImagesAndTheirScans"
    actions = [
      "ecr:BatchGetRepositoryScanningConfiguration",
      "ecr:DescribeImageReplicationStatus",
      "ecr:DescribeImageScanFindings",
      "ecr:GetLifecyclePolicy",
      "ecr:GetLifecyclePolicyPreview",
      "ecr:GetRepositoryPolicy",
    ]
    resources = [local.repositories]
  }

  statement {
    sid = "KeepImages"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:CreateRepository",
      "ecr:DescribeImages",
      "ecr:DescribeRepositories",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:ListImages",
      "ecr:ListTagsForResource",
      "ecr:PutImage",
      "ecr:TagResource",
      "ecr:UploadLayerPart",
    ]
    resources = [local.repositories]
  }
}

data "aws_iam_policy_document" "parameters" {
  count = var.parameter_prefix == null ? 0 : 1

  statement {
    sid = "KeepParameters"
    actions = [
      "ssm:AddTagsToResource",
      "ssm:DeleteParameter",
      "ssm:DeleteParameters",
      "ssm:GetParameter",
      "ssm:GetParameterHistory",
      "ssm:GetParameters",
      "ssm:ListTagsForResource",
      "ssm:PutParameter",
    ]
    resources = ["arn:${local.partition}:ssm:${local.region}:${local.account_id}:parameter/${var.parameter_prefix}/*"]
  }

  dynamic "statement" {
    for_each = length(var.store_kms_key_arns) > 0 ? ["keys"] : []

    content {
      sid       = "UseTheirKeysThroughSsm"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = var.store_kms_key_arns

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["ssm.${local.region}.${local.dns_suffix}"]
      }
    }
  }
}

data "aws_iam_policy_document" "secrets" {
  count = var.secret_prefix == null ? 0 : 1

  statement {
    sid = "KeepSecrets"
    actions = [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:ListSecretVersionIds",
      "secretsmanager:PutSecretValue",
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:UpdateSecret",
    ]
    resources = ["arn:${local.partition}:secretsmanager:${local.region}:${local.account_id}:secret:${var.secret_prefix}/*"]
  }

  dynamic "statement" {
    for_each = var.list_secrets ? ["names"] : []

    content {
      sid       = "ListSecrets"
      actions   = ["secretsmanager:ListSecrets"]
      resources = ["*"] # the action knows no resource
    }
  }

  dynamic "statement" {
    for_each = length(var.store_kms_key_arns) > 0 ? ["keys"] : []

    content {
      sid       = "UseTheirKeysThroughSecretsManager"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = var.store_kms_key_arns

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${local.region}.${local.dns_suffix}"]
      }
    }
  }
}
