# external-dns and cert-manager, each in the hosted zones that are listed for it.

locals {
  zone_arns = {
    for name, addon in { external-dns = var.external_dns, cert-manager = var.cert_manager } :
    name => [for zone in values(addon.zone_ids) : "arn:${local.partition}:route53:::hostedzone/${zone}"] if addon != null
  }
}

# Actions: kubernetes-sigs/external-dns, docs/tutorials/aws.md.
data "aws_iam_policy_document" "records" {
  count = var.external_dns == null ? 0 : 1

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

# Actions: cert-manager.io, DNS01 with Route 53. The conditions: specifying-rrset-conditions of the Route 53 guide.
data "aws_iam_policy_document" "challenges" {
  count = var.cert_manager == null ? 0 : 1

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
      values   = var.cert_manager.challenge_names
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
