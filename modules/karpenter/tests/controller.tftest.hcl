mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cluster_name = "acme-dev"
}

run "trust" {
  assert {
    condition = { for condition in data.aws_iam_policy_document.controller_trust[0].statement[0].condition : condition.variable => one(condition.values) } == {
      "aws:RequestTag/eks-cluster-arn"            = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
      "aws:RequestTag/kubernetes-namespace"       = "kube-system"
      "aws:RequestTag/kubernetes-service-account" = "karpenter"
    }
    error_message = "The role is for one service account of one cluster."
  }

  assert {
    condition     = aws_eks_pod_identity_association.controller[0].role_arn == aws_iam_role.controller.arn && aws_eks_pod_identity_association.controller[0].namespace == "kube-system"
    error_message = "The service account gets the role."
  }
}

# Everything that starts, tags or removes something does so by this cluster's tag.
run "instances_are_scoped_by_tag" {
  command = plan

  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.instances.statement :
      anytrue([for condition in statement.condition : endswith(condition.variable, "Tag/kubernetes.io/cluster/acme-dev") && condition.values == tolist(["owned"])])
      if !contains(["UseWhatANodeStartsFrom", "LookAroundInThisRegion"], statement.sid)
    ])
    error_message = "A statement that writes lacks the cluster's tag."
  }

  assert {
    condition = alltrue([
      for statement in concat(data.aws_iam_policy_document.instances.statement, data.aws_iam_policy_document.surroundings.statement) :
      contains(["ComparePrices", "HearOfZonalShifts", "ListInstanceProfiles", "LookAroundInThisRegion"], statement.sid)
      if contains(statement.resources, "*")
    ])
    error_message = "Only what AWS cannot scope is allowed on everything."
  }

  assert {
    condition = alltrue([
      for statement in concat(data.aws_iam_policy_document.instances.statement, data.aws_iam_policy_document.surroundings.statement) :
      alltrue([for action in statement.actions : !strcontains(action, "*")])
    ])
    error_message = "Actions are named."
  }

  assert {
    condition = alltrue([
      for statement in concat(data.aws_iam_policy_document.instances.statement, data.aws_iam_policy_document.surroundings.statement) :
      alltrue([for resource in statement.resources : resource == "*" || startswith(resource, "arn:aws-cn:")])
    ])
    error_message = "The partition is the one at hand."
  }

  assert {
    condition = one([
      for statement in data.aws_iam_policy_document.instances.statement : statement.resources if statement.sid == "RemoveItsNodesAndTemplates"
    ]) == toset(["arn:aws-cn:ec2:cn-north-1:123456789012:instance/*", "arn:aws-cn:ec2:cn-north-1:123456789012:launch-template/*"])
    error_message = "It removes instances and templates of this account and region."
  }
}

run "passes_one_role" {
  assert {
    condition     = jsondecode(aws_iam_role_policy.pass_node_role.policy).Statement[0].Resource == aws_iam_role.node[0].arn
    error_message = "It passes the node role and no other."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.pass_node_role.policy).Statement[0].Condition.StringEquals["iam:PassedToService"] == "service.amazonaws.com"
    error_message = "And only to EC2."
  }
}

run "nodes" {
  assert {
    condition     = aws_eks_access_entry.node[0].type == "EC2_LINUX" && aws_eks_access_entry.node[0].principal_arn == aws_iam_role.node[0].arn
    error_message = "The nodes' role is an access entry, so they may join."
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.node)) == toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"])
    error_message = "A node may join and pull images, no more."
  }

  assert {
    condition     = output.chart_values.settings == { clusterName = "acme-dev", interruptionQueue = aws_sqs_queue.interruption[0].name } && length(output.chart_values.serviceAccount.annotations) == 0
    error_message = "The chart is told the cluster and the queue."
  }

  assert {
    condition     = output.node_role_name == "mocked"
    error_message = "Node classes take the role's name."
  }
}

run "given_node_role" {
  command = plan

  variables {
    node_role = { arn = "arn:aws-cn:iam::123456789012:role/teams/nodes" }
  }

  assert {
    condition     = length(aws_iam_role.node) == 0 && length(aws_eks_access_entry.node) == 0 && length(aws_iam_role_policy_attachment.node) == 0
    error_message = "A given role is an access entry already."
  }

  assert {
    condition     = output.node_role_name == "nodes" && jsondecode(aws_iam_role_policy.pass_node_role.policy).Statement[0].Resource == "arn:aws-cn:iam::123456789012:role/teams/nodes"
    error_message = "It is passed to nodes and named without its path."
  }
}

run "irsa" {
  variables {
    identity          = "irsa"
    oidc_provider_arn = "arn:aws-cn:iam::123456789012:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/X"
    namespace         = "karpenter"
  }

  assert {
    condition = jsondecode(aws_iam_role.controller.assume_role_policy).Statement[0].Condition.StringEquals == {
      "oidc.eks.cn-north-1.amazonaws.com.cn/id/X:aud" = "sts.amazonaws.com"
      "oidc.eks.cn-north-1.amazonaws.com.cn/id/X:sub" = "system:serviceaccount:karpenter:karpenter"
    }
    error_message = "`aud` and `sub` are both exact."
  }

  assert {
    condition     = length(aws_eks_pod_identity_association.controller) == 0 && output.chart_values.serviceAccount.annotations == tomap({ "eks.amazonaws.com/role-arn" = aws_iam_role.controller.arn })
    error_message = "The service account carries the role as an annotation."
  }
}

run "settings" {
  variables {
    instance_profile            = true
    isolated_vpc                = true
    reserved_enis               = 1
    pull_through_cache_prefixes = ["docker", "acme/quay"]
  }

  assert {
    condition     = jsondecode(jsonencode(output.chart_values.settings)) == { clusterName = "acme-dev", interruptionQueue = aws_sqs_queue.interruption[0].name, isolatedVPC = true, reservedENIs = "1" }
    error_message = "The chart is told of the VPC and of the interfaces without pods."
  }

  assert {
    condition     = output.instance_profile_name == aws_iam_instance_profile.node[0].name && aws_iam_instance_profile.node[0].role == "mocked"
    error_message = "Node classes take the profile with the node role."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.pull_through_cache[0].policy).Statement == [{
      Sid    = "FetchImagesIntoTheListedCaches"
      Effect = "Allow"
      Action = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
      Resource = [
        "arn:aws-cn:ecr:cn-north-1:123456789012:repository/acme/quay/*",
        "arn:aws-cn:ecr:cn-north-1:123456789012:repository/docker/*",
      ]
    }]
    error_message = "Nodes may be the first to pull from the listed caches."
  }
}

run "none_unless_asked_for" {
  command = plan

  assert {
    condition     = length(aws_iam_instance_profile.node) + length(aws_iam_role_policy.pull_through_cache) == 0 && output.instance_profile_name == null
    error_message = "No profile, and no rights on caches."
  }
}

run "own_keys" {
  command = plan

  variables {
    ebs_kms_key_arns     = { nodes = "arn:aws-cn:kms:cn-north-1:123456789012:key/1" }
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/boundary"
    node_policy_arns     = { ssm = "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore" }
  }

  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.surroundings.statement : statement.resources == toset(["arn:aws-cn:kms:cn-north-1:123456789012:key/1"]) && length(statement.condition) == 1
      if contains(["EncryptVolumesThroughEc2", "GrantTheKeyToVolumes"], statement.sid)
    ])
    error_message = "The key may be used for volumes, through EC2."
  }

  assert {
    condition     = alltrue([for role in [aws_iam_role.controller, aws_iam_role.node[0]] : role.permissions_boundary == "arn:aws-cn:iam::123456789012:policy/boundary"])
    error_message = "The boundary is on both roles."
  }

  assert {
    condition     = contains(keys(aws_iam_role_policy_attachment.node), "ssm")
    error_message = "The added policy is on the node role."
  }
}
