# Made by `cargo xtask gen` for OpenTofu, of `registry.tftest.hcl`.

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
      json          = "{}"
      minified_json = "{}"
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

  mock_resource "aws_kms_key" {
    defaults = {
      arn    = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      key_id = "00000000-0000-0000-0000-000000000000"
    }
  }
}

variables {
  name         = "acme-dev"
  repositories = { api = {}, "team/notebook" = { immutable_tags = false, keep_images = 20, untagged_days = 3 } }
}

run "defaults" {
  assert {
    condition     = aws_ecr_repository.this["api"].name == "acme-dev/api" && aws_ecr_repository.this["api"].image_tag_mutability == "IMMUTABLE" && aws_ecr_repository.this["team/notebook"].image_tag_mutability == "MUTABLE"
    error_message = "Tags are immutable unless one repository says otherwise."
  }

  assert {
    condition     = alltrue([for repository in values(aws_ecr_repository.this) : one(repository.image_scanning_configuration).scan_on_push && one(repository.encryption_configuration).encryption_type == "KMS" && one(repository.encryption_configuration).kms_key == aws_kms_key.this[0].arn && !repository.force_delete])
    error_message = "Scanned on push, under our key, and not deleted with images in it."
  }

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this["team/notebook"].policy).rules[0].selection.countNumber == 3 && jsondecode(aws_ecr_lifecycle_policy.this["team/notebook"].policy).rules[1].selection.countNumber == 20
    error_message = "Old images go."
  }

  assert {
    condition     = length(aws_ecr_repository_policy.this) == 0 && length(aws_ecr_pull_through_cache_rule.this) == 0 && length(aws_iam_role.cache) == 0 && length(aws_ecr_registry_scanning_configuration.this) == 0
    error_message = "Nothing that was not asked for."
  }

  assert {
    condition     = output.registry_url == "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"
    error_message = "The registry is named with the region and suffix at hand."
  }
}

run "caches" {
  variables {
    pull_through_caches = {
      ecr-public = { upstream = "public.ecr.aws" }
      hub        = { upstream = "registry-1.docker.io", credential_arn = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf", keep_days = 30 }
    }
  }

  assert {
    condition     = aws_ecr_pull_through_cache_rule.this["ecr-public"].upstream_registry_url == "public.ecr.aws" && aws_ecr_pull_through_cache_rule.this["hub"].credential_arn != null
    error_message = "One rule for each upstream, with credentials where ECR wants them."
  }

  assert {
    condition     = alltrue([for template in values(aws_ecr_repository_creation_template.this) : template.applied_for == toset(["PULL_THROUGH_CACHE"]) && one(template.encryption_configuration).kms_key == aws_kms_key.this[0].arn && template.custom_role_arn == aws_iam_role.cache[0].arn])
    error_message = "Cached repositories are under our key too."
  }

  assert {
    condition     = data.aws_iam_policy_document.cache[0].statement[0].resources == toset(["arn:aws-cn:ecr:cn-north-1:123456789012:repository/ecr-public/*", "arn:aws-cn:ecr:cn-north-1:123456789012:repository/hub/*"])
    error_message = "ECR makes repositories under these prefixes only."
  }

  assert {
    condition     = output.cache_urls == { ecr-public = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/ecr-public", hub = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/hub" }
    error_message = "Pods can be told where to pull."
  }
}

run "readers" {
  command = plan

  variables {
    reader_account_ids = ["210987654321"]
    repository_prefix  = ""
    enhanced_scanning  = true
  }

  assert {
    condition     = data.aws_iam_policy_document.readers[0].statement[0].principals == toset([{ type = "AWS", identifiers = toset(["arn:aws-cn:iam::210987654321:root"]) }]) && length(aws_ecr_repository_policy.this) == 2
    error_message = "The listed account pulls from each repository."
  }

  assert {
    condition     = aws_ecr_repository.this["team/notebook"].name == "team/notebook" && aws_ecr_registry_scanning_configuration.this[0].scan_type == "ENHANCED"
    error_message = "Names without a prefix, and continuous scanning, are choices."
  }
}
