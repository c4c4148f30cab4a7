# ECR makes a repository for each image that is pulled through. The template says how: under our key, scanned like all
# others, with old images going. Tags there stay mutable, since the upstream moves them.

resource "aws_ecr_pull_through_cache_rule" "this" {
  for_each = var.pull_through_caches

  ecr_repository_prefix = each.key
  upstream_registry_url = each.value.upstream
  credential_arn        = each.value.credential_arn

  # An image pulled in between would get a repository without the template's settings, for good.
  depends_on = [aws_ecr_repository_creation_template.this]
}

resource "aws_ecr_repository_creation_template" "this" {
  for_each = var.pull_through_caches

  prefix               = each.key
  description          = "Images of ${each.value.upstream}"
  applied_for          = ["PULL_THROUGH_CACHE"]
  image_tag_mutability = "MUTABLE"
  custom_role_arn      = aws_iam_role.cache[0].arn

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = local.key_arn
  }

  lifecycle_policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Images go ${each.value.keep_days} days after they were pulled from upstream"
      selection    = { tagStatus = "any", countType = "sinceImagePushed", countUnit = "days", countNumber = each.value.keep_days }
      action       = { type = "expire" }
    }]
  })

  depends_on = [aws_iam_role_policy.cache]
}

data "aws_iam_policy_document" "cache_trust" {
  count = length(var.pull_through_caches) > 0 ? 1 : 0

  statement {
    sid     = "EcrMakesCachedRepositories"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecr.amazonaws.com"] # a name without a region or partition form
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

data "aws_iam_policy_document" "cache" {
  count = length(var.pull_through_caches) > 0 ? 1 : 0

  statement {
    sid       = "MakeRepositoriesUnderThePrefixes"
    actions   = ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"]
    resources = [for prefix in keys(var.pull_through_caches) : "arn:${local.partition}:ecr:${local.region}:${local.account_id}:repository/${prefix}/*"]
  }

  statement {
    sid       = "EncryptThem"
    actions   = ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"]
    resources = [local.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ecr.${local.region}.${local.dns_suffix}"]
    }
  }
}

resource "aws_iam_role" "cache" {
  count = length(var.pull_through_caches) > 0 ? 1 : 0

  name_prefix          = "${var.name}-ecr-cache-"
  description          = "ECR makes the repositories of cached images for ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.cache_trust[0].json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "cache" {
  count = length(var.pull_through_caches) > 0 ? 1 : 0

  name   = "make-cached-repositories"
  role   = aws_iam_role.cache[0].id
  policy = data.aws_iam_policy_document.cache[0].json
}
