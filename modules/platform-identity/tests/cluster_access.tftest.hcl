# With the provider itself, which makes policy documents without a call to AWS: what is read here is what IAM gets. Only
# who is asking is made up.

provider "aws" {
  region                      = "cn-north-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

variables {
  name               = "acme-dev"
  trusted_role_arns  = ["arn:aws-cn:iam::210987654321:role/control-plane"]
  external_id        = "from-control-plane"
  bucket_arn         = "arn:aws-cn:s3:::acme-dev"
  bucket_kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  registry_prefix    = "tfy-"
  secret_prefix      = "/tfy-secret"
  cluster_arn        = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
}

# What was granted before there was a choice.
run "describe" {
  command = plan

  assert {
    condition = jsondecode(output.policies["cluster"]).Statement == [{
      Sid = "DescribeTheCluster", Effect = "Allow", Action = "eks:DescribeCluster", Resource = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
    }]
    error_message = "One action on one cluster."
  }
}

run "read" {
  command = plan

  variables {
    cluster_access = "read"
  }

  assert {
    condition = { for statement in jsondecode(output.policies["cluster"]).Statement : statement.Sid => join(" ", sort(flatten([statement.Action]))) } == {
      DescribeTheCluster    = "eks:DescribeCluster"
      ListWhatTheClusterHas = "eks:DescribeInsight eks:ListAccessEntries eks:ListAddons eks:ListFargateProfiles eks:ListInsights eks:ListNodegroups eks:ListPodIdentityAssociations"
      DescribeItsNodes      = "eks:DescribeFargateProfile eks:DescribeNodegroup"
      DescribeItsAddons     = "eks:DescribeAddon"
      FollowItsUpdates      = "eks:DescribeUpdate eks:ListTagsForResource eks:ListUpdates"
      SeeWhoMayEnter        = "eks:DescribeAccessEntry eks:ListAssociatedAccessPolicies"
      SeeWhichPodsHaveRoles = "eks:DescribePodIdentityAssociation"
      LookAround            = "ec2:DescribeRegions eks:DescribeAddonConfiguration eks:DescribeAddonVersions eks:ListClusters"
    }
    error_message = "It lists and describes, and changes nothing."
  }

  # Defect: `…:nodegroup/acme-dev*`, which is also another cluster's.
  assert {
    condition = { for statement in jsondecode(output.policies["cluster"]).Statement : statement.Sid => [for arn in sort(flatten([statement.Resource])) : trimprefix(arn, "arn:aws-cn:eks:cn-north-1:123456789012:")] } == {
      DescribeTheCluster    = ["cluster/acme-dev"]
      ListWhatTheClusterHas = ["cluster/acme-dev"]
      DescribeItsNodes      = ["fargateprofile/acme-dev/*", "nodegroup/acme-dev/*"]
      DescribeItsAddons     = ["addon/acme-dev/*"]
      FollowItsUpdates      = ["addon/acme-dev/*", "cluster/acme-dev", "nodegroup/acme-dev/*"]
      SeeWhoMayEnter        = ["access-entry/acme-dev/*"]
      SeeWhichPodsHaveRoles = ["podidentityassociation/acme-dev/*"]
      LookAround            = ["*"]
    }
    error_message = "Of this cluster alone, but for what knows no resource."
  }
}

run "manage" {
  command = plan

  variables {
    cluster_access = "manage"
  }

  assert {
    condition = { for statement in jsondecode(output.policies["cluster"]).Statement : statement.Sid => [for arn in sort(flatten([statement.Resource])) : trimprefix(arn, "arn:aws-cn:eks:cn-north-1:123456789012:")] if can(regex("(Create|Update|Delete|Associate|Disassociate)", join(" ", [for action in flatten([statement.Action]) : action if !startswith(action, "eks:List")]))) } == {
      EnterPeopleAndSoftware    = ["cluster/acme-dev"]
      KeepTheirEntries          = ["access-entry/acme-dev/*"]
      GiveAndTakeAccessPolicies = ["access-entry/acme-dev/*"]
      FollowItsUpdates          = ["addon/acme-dev/*", "cluster/acme-dev", "nodegroup/acme-dev/*"] # `DescribeUpdate`
    }
    error_message = "Access entries are all that is written, and of this cluster alone."
  }

  # Defect: without the type, the control plane could take the nodes' own entries away.
  assert {
    condition = { for statement in jsondecode(output.policies["cluster"]).Statement : statement.Sid => jsonencode(statement.Condition) if can(statement.Condition) } == {
      EnterPeopleAndSoftware = jsonencode({ StringEqualsIfExists = { "eks:accessEntryType" = "STANDARD" } })
      KeepTheirEntries       = jsonencode({ StringEquals = { "eks:accessEntryType" = "STANDARD" } })
      GiveAndTakeAccessPolicies = jsonencode({
        ArnEquals = { "eks:policyArn" = [
          "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy",
          "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy",
          "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
          "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
          "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
        ] }
        StringEquals = { "eks:accessEntryType" = "STANDARD" }
      })
    }
    error_message = "Entries of people and software, and policies for them."
  }
}

run "manage_some" {
  command = plan

  variables {
    cluster_access = "manage"
    managed_access_entries = {
      principal_arns = ["arn:aws-cn:iam::123456789012:role/acme-dev-platform-*"]
      policies       = ["AmazonEKSViewPolicy"]
    }
  }

  assert {
    condition = { for statement in jsondecode(output.policies["cluster"]).Statement : statement.Sid => statement.Condition.ArnLike["eks:principalArn"] if can(statement.Condition) } == {
      EnterPeopleAndSoftware    = "arn:aws-cn:iam::123456789012:role/acme-dev-platform-*"
      KeepTheirEntries          = "arn:aws-cn:iam::123456789012:role/acme-dev-platform-*"
      GiveAndTakeAccessPolicies = "arn:aws-cn:iam::123456789012:role/acme-dev-platform-*"
    }
    error_message = "Whoever is listed, in every statement that writes."
  }

  assert {
    condition     = [for statement in jsondecode(output.policies["cluster"]).Statement : statement.Condition.ArnEquals["eks:policyArn"] if statement.Sid == "GiveAndTakeAccessPolicies"] == ["arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"]
    error_message = "Policies that are listed."
  }
}

# With the longest name that EKS takes for a cluster, and the longest ones of everything else.
run "size" {
  command = plan

  variables {
    name             = "acme-development-of-2026"
    bucket_arn       = "arn:aws-cn:s3:::abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz1"
    registry_prefix  = "acme-development-of-2026-and-all-years-after-it-until-the-end/tfy-"
    parameter_prefix = "acme-development-of-2026-and-all-years-after-it-until-the-end/tfy-secret"
    secret_prefix    = "/acme-development-of-2026-and-all-years-after-it-until-the-end/tfy-secret"
    cluster_arn      = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01"
    cluster_access   = "manage"
    managed_access_entries = {
      principal_arns = ["arn:aws-cn:iam::123456789012:role/aws-reserved/sso.amazonaws.com/ap-southeast-2/AWSReservedSSO_Administrators_*", "arn:aws-cn:iam::123456789012:role/acme-development-of-2026-platform-*"]
    }
    store_kms_key_arns = [for id in range(5) : "arn:aws-cn:kms:cn-north-1:123456789012:key/0000000${id}-0000-0000-0000-000000000000"]
  }

  assert {
    condition     = { for name, text in output.policies : name => length(text) if length(text) > 6144 } == {}
    error_message = "Each policy fits into IAM."
  }
}

run "registry_and_secrets" {
  command = plan

  assert {
    condition = { for statement in jsondecode(output.policies["registry"]).Statement : statement.Sid => statement.Resource } == {
      SignInToTheRegistry       = "*"
      LookAtTheRegistry         = "*"
      LookAtImagesAndTheirScans = "arn:aws-cn:ecr:cn-north-1:123456789012:repository/tfy-*"
      KeepImages                = "arn:aws-cn:ecr:cn-north-1:123456789012:repository/tfy-*"
    }
    error_message = "Below the prefix wherever ECR knows a repository."
  }

  assert {
    condition = { for statement in jsondecode(output.policies["registry"]).Statement : statement.Sid => join(" ", sort(flatten([statement.Action]))) if startswith(statement.Sid, "LookAt") } == {
      LookAtTheRegistry         = "ecr:DescribeRegistry ecr:GetRegistryScanningConfiguration"
      LookAtImagesAndTheirScans = "ecr:BatchGetRepositoryScanningConfiguration ecr:DescribeImageReplicationStatus ecr:DescribeImageScanFindings ecr:GetLifecyclePolicy ecr:GetLifecyclePolicyPreview ecr:GetRepositoryPolicy"
    }
    error_message = "Findings of scans and rules of the registry are read, not changed."
  }

  assert {
    condition = { for statement in jsondecode(output.policies["secrets"]).Statement : statement.Sid => statement.Resource } == {
      KeepSecrets = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:/tfy-secret/*"
      ListSecrets = "*"
    }
    error_message = "Values below the prefix alone."
  }

  assert {
    condition     = [for statement in jsondecode(output.policies["secrets"]).Statement : statement.Action if statement.Sid == "ListSecrets"] == ["secretsmanager:ListSecrets"]
    error_message = "Names can be listed."
  }
}

run "secrets_unlisted" {
  command = plan

  variables {
    list_secrets = false
  }

  assert {
    condition     = [for statement in jsondecode(output.policies["secrets"]).Statement : statement.Sid] == ["KeepSecrets"]
    error_message = "Names of others stay unknown."
  }
}

# Such a boundary denies what this gives, and nothing else would say so.
run "manage_within_the_boundary" {
  command = plan

  variables {
    cluster_access       = "manage"
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/acme-dev-terraform-boundary-20261130220000000000000001"
  }

  expect_failures = [
    check.access_entries_within_the_boundary,
  ]
}

run "read_within_the_boundary" {
  command = plan

  variables {
    cluster_access       = "read"
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/acme-dev-terraform-boundary-20261130220000000000000001"
  }
}

run "manage_within_another_boundary" {
  command = plan

  variables {
    cluster_access       = "manage"
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/acme-dev-boundary"
  }
}
