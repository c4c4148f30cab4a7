# What the control plane may do by the API of EKS. In the cluster itself it works by its agent, which needs none of this.

locals {
  # `arn:…:eks:<region>:<account>:cluster/<name>`: all that belongs to a cluster has its name after its kind.
  cluster_name = element(split("/", var.cluster_arn), 1)
  of_cluster   = { for kind in ["access-entry", "addon", "fargateprofile", "nodegroup", "podidentityassociation"] : kind => "${split(":cluster/", var.cluster_arn)[0]}:${kind}/${local.cluster_name}/*" }

  reads_cluster   = var.cluster_access != "describe"
  manages_entries = var.cluster_access == "manage"

  access_policies = [for name in var.managed_access_entries.policies : "arn:${local.partition}:eks::aws:cluster-access-policy/${name}"]
}

data "aws_iam_policy_document" "cluster" {
  source_policy_documents = concat(
    [for document in data.aws_iam_policy_document.cluster_read : document.minified_json],
    [for document in data.aws_iam_policy_document.access_entries : document.minified_json],
  )

  statement {
    sid       = "DescribeTheCluster"
    actions   = ["eks:DescribeCluster"]
    resources = [var.cluster_arn]
  }
}

data "aws_iam_policy_document" "cluster_read" {
  count = local.reads_cluster ? 1 : 0

  statement {
    sid = "ListWhatTheClusterHas"
    actions = [
      "eks:DescribeInsight",
      "eks:ListAccessEntries",
      "eks:ListAddons",
      "eks:ListFargateProfiles",
      "eks:ListInsights",
      "eks:ListNodegroups",
      "eks:ListPodIdentityAssociations",
    ]
    resources = [var.cluster_arn]
  }

  statement {
    sid       = "DescribeItsNodes"
    actions   = ["eks:DescribeFargateProfile", "eks:DescribeNodegroup"]
    resources = [local.of_cluster["fargateprofile"], local.of_cluster["nodegroup"]]
  }

  statement {
    sid       = "DescribeItsAddons"
    actions   = ["eks:DescribeAddon"]
    resources = [local.of_cluster["addon"]]
  }

  # Of a cluster, of its node groups and of its add-ons.
  statement {
    sid       = "FollowItsUpdates"
    actions   = ["eks:DescribeUpdate", "eks:ListTagsForResource", "eks:ListUpdates"]
    resources = [var.cluster_arn, local.of_cluster["addon"], local.of_cluster["nodegroup"]]
  }

  statement {
    sid       = "SeeWhoMayEnter"
    actions   = ["eks:DescribeAccessEntry", "eks:ListAssociatedAccessPolicies"]
    resources = [local.of_cluster["access-entry"]]
  }

  statement {
    sid       = "SeeWhichPodsHaveRoles"
    actions   = ["eks:DescribePodIdentityAssociation"]
    resources = [local.of_cluster["podidentityassociation"]]
  }

  # Names of clusters, what EKS has on offer, and the regions of AWS.
  statement {
    sid = "LookAround"
    actions = [
      "ec2:DescribeRegions",
      "eks:DescribeAddonConfiguration",
      "eks:DescribeAddonVersions",
      "eks:ListClusters",
    ]
    resources = ["*"] # they know no resource
  }
}

# Entries of nodes are not for people: who could take them away would take all nodes out of the cluster. Their type is
# another than `STANDARD`, which is what EKS takes where a request names none.
data "aws_iam_policy_document" "access_entries" {
  count = local.manages_entries ? 1 : 0

  statement {
    sid       = "EnterPeopleAndSoftware"
    actions   = ["eks:CreateAccessEntry"]
    resources = [var.cluster_arn]

    condition {
      test     = "StringEqualsIfExists"
      variable = "eks:accessEntryType"
      values   = ["STANDARD"]
    }

    dynamic "condition" {
      for_each = length(var.managed_access_entries.principal_arns) > 0 ? ["listed"] : []

      content {
        test     = "ArnLike"
        variable = "eks:principalArn"
        values   = var.managed_access_entries.principal_arns
      }
    }
  }

  statement {
    sid       = "KeepTheirEntries"
    actions   = ["eks:DeleteAccessEntry", "eks:UpdateAccessEntry"]
    resources = [local.of_cluster["access-entry"]]

    condition {
      test     = "StringEquals"
      variable = "eks:accessEntryType"
      values   = ["STANDARD"]
    }

    dynamic "condition" {
      for_each = length(var.managed_access_entries.principal_arns) > 0 ? ["listed"] : []

      content {
        test     = "ArnLike"
        variable = "eks:principalArn"
        values   = var.managed_access_entries.principal_arns
      }
    }
  }

  statement {
    sid       = "GiveAndTakeAccessPolicies"
    actions   = ["eks:AssociateAccessPolicy", "eks:DisassociateAccessPolicy"]
    resources = [local.of_cluster["access-entry"]]

    condition {
      test     = "StringEquals"
      variable = "eks:accessEntryType"
      values   = ["STANDARD"]
    }

    condition {
      test     = "ArnEquals"
      variable = "eks:policyArn"
      values   = local.access_policies
    }

    dynamic "condition" {
      for_each = length(var.managed_access_entries.principal_arns) > 0 ? ["listed"] : []

      content {
        test     = "ArnLike"
        variable = "eks:principalArn"
        values   = var.managed_access_entries.principal_arns
      }
    }
  }

  statement {
    sid       = "SeeWhichAccessPoliciesThereAre"
    actions   = ["eks:ListAccessPolicies"]
    resources = ["*"] # the action knows no resource
  }
}
