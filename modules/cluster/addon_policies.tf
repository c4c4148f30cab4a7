# Rights of add-ons for which AWS has no managed policy, or one that is too wide, and for keys of one's own.

locals {
  # Without `try`, whose result is unknown as a whole where an ARN is.
  buckets = merge([for name, addon in var.addons : addon.buckets if name == "aws-mountpoint-s3-csi-driver"]...)
  zone_arns = {
    for wanted in ["cert-manager", "external-dns"] : wanted => flatten([
      for name, addon in var.addons : [for zone in values(addon.zone_ids) : "arn:${local.partition}:route53:::hostedzone/${zone}"] if name == wanted
    ])
  }

  # Through which service each driver uses its keys.
  key_services = {
    aws-ebs-csi-driver           = "ec2"
    aws-efs-csi-driver           = "elasticfilesystem"
    aws-fsx-csi-driver           = "fsx"
    aws-mountpoint-s3-csi-driver = "s3"
  }
  addon_keys = { for name, addon in var.addons : name => values(addon.kms_key_arns) if length(addon.kms_key_arns) > 0 && contains(keys(local.addon_roles), name) }

  # Role and name => document.
  addon_documents = merge(
    { for document in data.aws_iam_policy_document.fsx : "aws-fsx-csi-driver/file-systems" => document.minified_json },
    { for document in data.aws_iam_policy_document.buckets : "aws-mountpoint-s3-csi-driver/buckets" => document.minified_json },
    { for document in data.aws_iam_policy_document.records : "external-dns/records" => document.minified_json },
    { for document in data.aws_iam_policy_document.challenges : "cert-manager/challenges" => document.minified_json },
    { for name, document in data.aws_iam_policy_document.keys : "${name}/keys" => document.minified_json },
  )
}

resource "aws_iam_role_policy" "addon" {
  for_each = local.addon_documents

  name   = split("/", each.key)[1]
  role   = aws_iam_role.addon[split("/", each.key)[0]].id
  policy = each.value

  lifecycle {
    create_before_destroy = true # as the role that it is of

    precondition {
      condition     = length(each.value) <= 6144
      error_message = "The policy `${each.key}` has ${length(each.value)} characters, more than the 6,144 that a managed policy may have. Name fewer buckets, zones or keys in `addons`."
    }

    # What is within a role counts together.
    precondition {
      condition     = length(join("", [for key, document in local.addon_documents : document if startswith(key, "${split("/", each.key)[0]}/")])) <= 10240
      error_message = "The policies within the role of `${split("/", each.key)[0]}` have together more than the 10,240 characters that IAM takes. Name fewer buckets or keys in `addons`."
    }
  }
}

# Actions: kubernetes-sigs/aws-fsx-csi-driver, docs/install.md. AmazonFSxFullAccess also changes everybody else's.
data "aws_iam_policy_document" "fsx" {
  count = contains(local.wanted_addons, "aws-fsx-csi-driver") ? 1 : 0

  statement {
    sid       = "KeepFileSystems"
    actions   = ["fsx:CreateFileSystem", "fsx:DeleteFileSystem", "fsx:TagResource", "fsx:UpdateFileSystem"]
    resources = ["arn:${local.partition}:fsx:${local.region}:${local.account_id}:file-system/*"]
  }

  statement {
    sid       = "FindFileSystems"
    actions   = ["fsx:DescribeFileSystems"]
    resources = ["*"] # the action knows no resource

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [local.region]
    }
  }

  statement {
    sid       = "MakeTheRoleOfTheService"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/${local.fsx_service}/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = [local.fsx_service]
    }
  }
}

locals {
  fsx_service = "fsx.amazonaws.com" # a name without a region or partition form
}

# Actions: awslabs/mountpoint-s3, doc/CONFIGURATION.md. All pods that mount through the driver share this role.
data "aws_iam_policy_document" "buckets" {
  count = contains(local.wanted_addons, "aws-mountpoint-s3-csi-driver") && length(local.buckets) > 0 ? 1 : 0

  dynamic "statement" {
    for_each = local.buckets

    content {
      sid       = "List${replace(title(replace(statement.key, "-", " ")), " ", "")}"
      actions   = ["s3:ListBucket"]
      resources = [statement.value.arn]

      dynamic "condition" {
        for_each = statement.value.prefix == "" ? [] : [statement.value.prefix]

        content {
          test     = "StringLike"
          variable = "s3:prefix"
          values   = ["${condition.value}/*"]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = local.buckets

    content {
      sid       = "${statement.value.read_only ? "Read" : "Keep"}${replace(title(replace(statement.key, "-", " ")), " ", "")}"
      actions   = statement.value.read_only ? ["s3:GetObject"] : ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      resources = ["${statement.value.arn}/${statement.value.prefix == "" ? "" : "${statement.value.prefix}/"}*"]
    }
  }
}

# Actions: kubernetes-sigs/external-dns, docs/tutorials/aws.md; the EKS user guide on community add-ons.
data "aws_iam_policy_document" "records" {
  count = contains(keys(local.addon_roles), "external-dns") ? 1 : 0

  statement {
    sid       = "KeepRecordsOfTheListedZones"
    actions   = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:ListTagsForResources"]
    resources = local.zone_arns["external-dns"]
  }

  statement {
    sid       = "FindZones"
    actions   = ["route53:ListHostedZones"]
    resources = ["*"] # the action knows no resource
  }
}

# Actions: cert-manager.io, DNS01 with Route 53. TXT records of challenges, and no others.
data "aws_iam_policy_document" "challenges" {
  count = contains(keys(local.addon_roles), "cert-manager") ? 1 : 0

  statement {
    sid       = "AnswerChallengesInTheListedZones"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = local.zone_arns["cert-manager"]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "route53:ChangeResourceRecordSetsRecordTypes"
      values   = ["TXT"]
    }

    condition {
      test     = "ForAllValues:StringLike"
      variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
      values   = ["_acme-challenge.*"]
    }

    # `ForAllValues` also holds for a request without the key.
    condition {
      test     = "Null"
      variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
      values   = ["false"]
    }
  }

  statement {
    sid       = "ReadTheListedZones"
    actions   = ["route53:ListResourceRecordSets"]
    resources = local.zone_arns["cert-manager"]
  }

  statement {
    sid       = "WaitForChanges"
    actions   = ["route53:GetChange"]
    resources = ["arn:${local.partition}:route53:::change/*"]
  }

  statement {
    sid       = "FindZonesByName"
    actions   = ["route53:ListHostedZonesByName"]
    resources = ["*"] # the action knows no resource
  }
}

# The service asks for the key in the name of the driver: for data keys of new volumes, and for a grant with which it
# opens them later. A grant may be handed to AWS's services only.
data "aws_iam_policy_document" "keys" {
  for_each = local.addon_keys

  statement {
    sid = "UseTheKeysThroughTheService"
    actions = each.key == "aws-mountpoint-s3-csi-driver" ? ["kms:Decrypt", "kms:GenerateDataKey"] : [
      "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
    ]
    resources = each.value

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["${local.key_services[each.key]}.${local.region}.${data.aws_partition.current.dns_suffix}"]
    }
  }

  # Objects need none: S3 asks anew each time.
  dynamic "statement" {
    for_each = each.key == "aws-mountpoint-s3-csi-driver" ? [] : ["this"]

    content {
      sid       = "GrantTheKeysToTheService"
      actions   = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
      resources = each.value

      condition {
        test     = "Bool"
        variable = "kms:GrantIsForAWSResource"
        values   = ["true"]
      }
    }
  }
}
