# Made by `cargo xtask gen` for OpenTofu, of `policies.tftest.hcl`.

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
  cluster_name = "acme-dev"
  node_role    = { arn = "arn:aws-cn:iam::123456789012:role/nodes" }
}

run "as_upstream" {
  command = plan

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.controller["instances"].policy).Statement : statement.Resource if statement.Sid == "UseWhatANodeStartsFrom"
      ])) == toset([
      "arn:aws-cn:ec2:cn-north-1::image/*",
      "arn:aws-cn:ec2:cn-north-1::snapshot/*",
      "arn:aws-cn:ec2:cn-north-1:*:capacity-reservation/*",
      "arn:aws-cn:ec2:cn-north-1:*:placement-group/*",
      "arn:aws-cn:ec2:cn-north-1:*:security-group/*",
      "arn:aws-cn:ec2:cn-north-1:*:subnet/*",
    ])
    error_message = "Nodes start in shared subnets, from shared reservations and in placement groups."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.controller["instances"].policy).Statement :
      alltrue([for resource in flatten([statement.Resource]) : resource == "*" || strcontains(resource, ":123456789012:")])
      if statement.Sid != "UseWhatANodeStartsFrom"
    ])
    error_message = "What it makes, changes or removes is in this account."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.controller["surroundings"].policy).Statement : jsonencode([statement.Action, statement.Condition]) if statement.Sid == "HearOfZonalShifts"
    ]) == jsonencode(["arc-zonal-shift:GetManagedResource", { StringEquals = { "arc-zonal-shift:ResourceIdentifier" = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev" } }])
    error_message = "It hears of zonal shifts of this cluster."
  }

  assert {
    condition = toset(flatten([
      for policy in values(aws_iam_role_policy.controller) : [for statement in jsondecode(policy.policy).Statement : statement.Action]
      ])) == toset([
      "arc-zonal-shift:GetManagedResource", "ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:DeleteLaunchTemplate",
      "ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstanceStatus", "ec2:DescribeInstanceTypeOfferings",
      "ec2:DescribeInstanceTypes", "ec2:DescribeInstances", "ec2:DescribeLaunchTemplates", "ec2:DescribePlacementGroups",
      "ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets", "ec2:RunInstances", "ec2:TerminateInstances",
      "eks:DescribeCluster", "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile",
      "iam:GetInstanceProfile", "iam:ListInstanceProfiles", "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile",
      "pricing:GetProducts", "sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "ssm:GetParameter",
    ])
    error_message = "The actions are those of upstream's policies."
  }
}

run "longest" {
  command = plan

  variables {
    cluster_name     = "a-name-of-seventy-characters-which-is-as-long-as-the-queue-s-name-lets"
    queue_kms_key    = { arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
    ebs_kms_key_arns = { for key in ["a", "b", "c"] : key => "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-00000000000${key}" }
  }

  assert {
    condition     = alltrue([for policy in values(aws_iam_role_policy.controller) : length(policy.policy) > 2000 && length(policy.policy) <= 6144])
    error_message = "Each fits as a managed policy, also with the longest name and three keys."
  }
}

run "too_long" {
  command = plan

  variables {
    ebs_kms_key_arns = { for key in range(40) : "key-${key}" => "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-0000000000${10 + key}" }
  }

  expect_failures = [aws_iam_role_policy.controller]
}

run "given_profile" {
  command = plan

  variables {
    instance_profile = true
  }

  assert {
    condition     = aws_iam_instance_profile.node[0].role == "nodes"
    error_message = "The profile holds the nodes' role."
  }

  assert {
    condition = toset([
      for statement in jsondecode(aws_iam_role_policy.controller["surroundings"].policy).Statement : statement.Sid if strcontains(statement.Sid, "InstanceProfiles")
    ]) == toset(["FillAndRemoveItsInstanceProfiles", "ListInstanceProfiles", "ReadInstanceProfiles"])
    error_message = "Karpenter makes no profiles, and can remove those it made."
  }
}

run "isolated" {
  command = plan

  variables {
    instance_profile = true
    isolated_vpc     = true
  }

  assert {
    condition = alltrue([
      for action in flatten([for statement in jsondecode(aws_iam_role_policy.controller["surroundings"].policy).Statement : statement.Action]) :
      !startswith(action, "iam:") && !startswith(action, "pricing:")
    ])
    error_message = "No rights for services that have no endpoint."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.pass_node_role.policy).Statement[0].Action == "iam:PassRole"
    error_message = "Instances still get the nodes' role."
  }
}

# With the longest name fewer keys are too many.
run "too_long_with_the_longest_name" {
  command = plan

  variables {
    cluster_name     = "a23456789-123456789-123456789-123456789-123456789-123456789-1234567890"
    ebs_kms_key_arns = { for number in range(24) : "key-${number}" => "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-0000000000${format("%02d", number)}" }
  }

  expect_failures = [aws_iam_role_policy.controller]
}
