data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # `id` is the region's name in version 5 and in version 6 of the provider; `name` is deprecated in 6.
  region     = data.aws_region.current.id
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  dns_suffix = data.aws_partition.current.dns_suffix

  registry = "${local.account_id}.dkr.ecr.${local.region}.${local.dns_suffix}"
  prefix   = var.repository_prefix == null ? var.name : var.repository_prefix
  names    = { for name in keys(var.repositories) : name => trimprefix("${local.prefix}/${name}", "/") }
  key_arn  = var.kms_key_arn == null ? one(aws_kms_key.this[*].arn) : var.kms_key_arn
}

resource "aws_ecr_repository" "this" {
  #checkov:skip=CKV_AWS_51:Immutable unless `immutable_tags = false` is written for this one repository.
  for_each = var.repositories

  name                 = local.names[each.key]
  image_tag_mutability = each.value.immutable_tags ? "IMMUTABLE" : "MUTABLE"
  force_delete         = var.force_delete

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = local.key_arn
  }

  lifecycle {
    ignore_changes = [encryption_configuration] # another key would make it anew, without its images

    postcondition {
      condition     = self.encryption_configuration[0].kms_key == local.key_arn
      error_message = "The repository `${self.name}` is encrypted with another key than `kms_key_arn`, and ECR cannot change that. Leave `kms_key_arn` as it was; for another key, make another registry and copy the images."
    }
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = var.repositories

  repository = aws_ecr_repository.this[each.key].name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Images without a tag go after ${each.value.untagged_days} days"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = each.value.untagged_days }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "The newest ${each.value.keep_images} images stay"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = each.value.keep_images }
        action       = { type = "expire" }
      },
    ]
  })
}

data "aws_iam_policy_document" "readers" {
  count = length(var.reader_account_ids) > 0 ? 1 : 0

  statement {
    sid     = "PullFromTheListedAccounts"
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]

    principals {
      type        = "AWS"
      identifiers = [for account in var.reader_account_ids : "arn:${local.partition}:iam::${account}:root"]
    }
  }
}

resource "aws_ecr_repository_policy" "this" {
  for_each = length(var.reader_account_ids) > 0 ? var.repositories : {}

  repository = aws_ecr_repository.this[each.key].name
  policy     = data.aws_iam_policy_document.readers[0].json
}

resource "aws_ecr_registry_scanning_configuration" "this" {
  count = var.enhanced_scanning ? 1 : 0

  scan_type = "ENHANCED"

  rule {
    scan_frequency = "CONTINUOUS_SCAN"

    repository_filter {
      filter      = "*"
      filter_type = "WILDCARD"
    }
  }
}
