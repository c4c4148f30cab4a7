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
locals {
  entry_rights = [
    {
      sid      = "EnterPeopleAndSoftware"
      actions  = ["eks:CreateAccessEntry"]
      resource = var.cluster_arn
      type     = "StringEqualsIfExists"
      policies = []
    },
    {
      sid      = "KeepTheirEntries"
      actions  = ["eks:DeleteAccessEntry", "eks:UpdateAccessEntry"]
      resource = local.of_cluster["access-entry"]
      type     = "StringEquals"
      policies = []
    },
    {
      sid      = "GiveAndTakeAccessPolicies"
      actions  = ["eks:AssociateAccessPolicy", "eks:DisassociateAccessPolicy"]
      resource = local.of_cluster["access-entry"]
      type     = "StringEquals"
      policies = local.access_policies
    },
  ]
}

data "aws_iam_policy_document" "access_entries" {
  count = local.manages_entries ? 1 : 0

  dynamic "statement" {
    for_each = local.entry_rights

    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = [statement.value.resource]

      # Without values a condition is none.
      dynamic "condition" {
        for_each = [for condition in [
          { test = statement.value.type, variable = "eks:accessEntryType", values = ["STANDARD"] },
          { test = "ArnEquals", variable = "eks:policyArn", values = statement.value.policies },
          { test = "ArnLike", variable = "eks:principalArn", values = sort(var.managed_access_entries.principal_arns) },
        ] : condition if length(condition.values) > 0]

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }

  statement {
    sid       = "SeeWhichAccessPoliciesThereAre"
    actions   = ["eks:ListAccessPolicies"]
    resources = ["*"] # the action knows no resource
  }
}

# Who may write the policies of one role within that boundary may write those of all: it lets none of them make an administrator.
check "access_entries_within_the_boundary" {
  assert {
    condition     = !(local.manages_entries && can(regex("-terraform-boundary-[0-9]+$", var.permissions_boundary)))
    error_message = "`cluster_access = \"manage\"` has no effect: the boundary that `hcp-identity` makes lets no role make access entries. Write `read`, or give this module a `permissions_boundary` of your own that allows `eks:CreateAccessEntry` and `eks:AssociateAccessPolicy` on this cluster, and give it to `hcp-identity` as `created_roles_boundary`."
  }
}
