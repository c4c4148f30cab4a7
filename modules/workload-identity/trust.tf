data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = local.pod_identity ? local.namespaces : {}

    content {
      sid     = "PodIdentity${replace(title(replace(statement.key, "-", " ")), " ", "")}"
      actions = ["sts:AssumeRole", "sts:TagSession"]

      principals {
        type        = "Service"
        identifiers = ["pods.eks.amazonaws.com"] # a name without a region or partition form
      }

      # Session tags that EKS sets and a pod cannot choose: this cluster, these accounts, and no others.
      condition {
        test     = "StringEquals"
        variable = "aws:RequestTag/eks-cluster-arn"
        values   = [var.cluster_arn]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:RequestTag/kubernetes-namespace"
        values   = [statement.key]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:RequestTag/kubernetes-service-account"
        values   = statement.value
      }
    }
  }

  dynamic "statement" {
    for_each = local.pod_identity ? [] : ["irsa"]

    content {
      sid     = "IrsaForTheseServiceAccounts"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = [var.oidc_provider_arn]
      }

      condition {
        test     = "StringEquals"
        variable = "${local.oidc_issuer}:aud"
        values   = ["sts.amazonaws.com"] # the audience of EKS's tokens, the same in every partition
      }

      condition {
        test     = "StringEquals"
        variable = "${local.oidc_issuer}:sub"
        values   = [for account in values(var.service_accounts) : "system:serviceaccount:${account.namespace}:${account.name}"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.trusted_roles

    content {
      sid     = "Role${replace(title(replace(statement.key, "-", " ")), " ", "")}WithExternalId"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = [statement.value.arn]
      }

      condition {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [statement.value.external_id]
      }
    }
  }
}
