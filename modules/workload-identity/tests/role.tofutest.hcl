# Made by `cargo xtask gen` for OpenTofu, of `role.tftest.hcl`.

mock_provider "aws" {
  # A partition and a region that no literal would guess.

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
}

variables {
  name             = "acme-dev-ranker"
  cluster_arn      = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
  service_accounts = { ranker = { namespace = "search", name = "ranker" } }
  policies         = { models = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"ReadModels\",\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws-cn:s3:::acme-dev-models/*\"}]}" }
}

run "pod_identity" {
  assert {
    condition     = length(data.aws_iam_policy_document.trust.statement) == 1 && data.aws_iam_policy_document.trust.statement[0].actions == toset(["sts:AssumeRole", "sts:TagSession"]) && data.aws_iam_policy_document.trust.statement[0].sid == "PodIdentitySearch"
    error_message = "One way in."
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.trust.statement[0].condition : condition.variable => condition.values } == {
      "aws:RequestTag/eks-cluster-arn"            = tolist(["arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"])
      "aws:RequestTag/kubernetes-namespace"       = tolist(["search"])
      "aws:RequestTag/kubernetes-service-account" = tolist(["ranker"])
    }
    error_message = "For one service account of one cluster."
  }

  assert {
    condition     = aws_eks_pod_identity_association.this["ranker"].cluster_name == "acme-dev" && aws_eks_pod_identity_association.this["ranker"].role_arn == aws_iam_role.this.arn
    error_message = "EKS knows which account gets the role."
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.own)) == toset(["models"]) && length(output.annotations) == 0
    error_message = "The policy is attached, and nothing has to be annotated."
  }
}

run "namespaces_do_not_mix" {
  command = plan

  variables {
    service_accounts = {
      ranker  = { namespace = "search", name = "ranker" }
      indexer = { namespace = "search", name = "indexer" }
      loader  = { namespace = "data-import", name = "loader" }
    }
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.trust.statement : statement.sid => toset(one([for condition in statement.condition : condition.values if condition.variable == "aws:RequestTag/kubernetes-service-account"]))
    } == { PodIdentitySearch = toset(["indexer", "ranker"]), PodIdentityDataImport = toset(["loader"]) }
    error_message = "The loader of `search` and the ranker of `data-import` are nobody."
  }
}

run "irsa" {
  variables {
    identity          = "irsa"
    oidc_provider_arn = "arn:aws-cn:iam::123456789012:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC"
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.trust.statement[0].condition : condition.variable => condition.values } == {
      "oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC:aud" = tolist(["sts.amazonaws.com"])
      "oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC:sub" = tolist(["system:serviceaccount:search:ranker"])
    }
    error_message = "The issuer's tokens, for one audience and one account."
  }

  assert {
    condition     = length(aws_eks_pod_identity_association.this) == 0 && output.annotations["eks.amazonaws.com/role-arn"] == aws_iam_role.this.arn
    error_message = "The account says which role it wants."
  }
}

run "trusted_role" {
  command = plan

  variables {
    trusted_roles = { control-plane = { arn = "arn:aws-cn:iam::210987654321:role/control-plane", external_id = "from-control-plane" } }
  }

  assert {
    condition     = data.aws_iam_policy_document.trust.statement[1].sid == "RoleControlPlaneWithExternalId" && one(data.aws_iam_policy_document.trust.statement[1].condition).variable == "sts:ExternalId" && one(data.aws_iam_policy_document.trust.statement[1].condition).values == tolist(["from-control-plane"])
    error_message = "A role from outside comes with its external ID."
  }
}

run "irsa_without_provider" {
  command = plan

  variables {
    identity = "irsa"
  }

  expect_failures = [var.oidc_provider_arn]
}

run "policy_without_sid" {
  command = plan

  variables {
    policies = { models = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}" }
  }

  expect_failures = [aws_iam_policy.this]
}
