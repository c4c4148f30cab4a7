# What an apply changes of clusters, of their nodes, and of what tells Karpenter of interruptions.

locals {
  # What is made below a cluster's name, where the tags of the request, or none, say the rest. What is there is told by its tags.
  eks              = flatten([for name in sort(local.names) : [for end in ["cluster/${name}", "*/${name}/*"] : "${local.here.eks}:${end}"]])
  eks_given        = flatten([for name in sort(var.given.cluster_names) : [for end in ["cluster/${name}", "*/${name}/*"] : "${local.here.eks}:${end}"]])
  eks_associations = flatten([for name in local.clusters : "${local.here.eks}:podidentityassociation/${name}/*"])

  of_nodes = { "eks:accessEntryType" = "EC2_LINUX" }

  # Karpenter's are named after the cluster.
  tell = flatten([for name in sort(setunion(local.names, var.given.cluster_names)) : ["${local.here.events}:rule/${name}-*", "${local.here.sqs}:${name}-*"]])

  cluster_statements = { for set, of in local.sets : set => [
    {
      Parts     = ["cluster", "identity"]
      Sid       = "MakeInOurClusters"
      Effect    = "Allow"
      Action    = concat(["eks:CreatePodIdentityAssociation"], [for action in ["eks:CreateAccessEntry", "eks:CreateAddon", "eks:CreateNodegroup"] : action if contains(of.parts, "cluster")])
      Resource  = ["${local.here.eks}:cluster/*"]
      Condition = { StringEquals = merge(local.made[set], local.ours) }
    },
    {
      Parts     = length(var.given.cluster_names) == 0 ? [] : ["cluster", "identity"]
      Sid       = "MakeInGivenClusters"
      Effect    = "Allow"
      Action    = concat(["eks:CreatePodIdentityAssociation"], [for action in ["eks:CreateAccessEntry", "eks:CreateAddon", "eks:CreateNodegroup"] : action if contains(of.parts, "cluster")])
      Resource  = [for name in sort(var.given.cluster_names) : "${local.here.eks}:cluster/${name}"]
      Condition = { StringEquals = local.made[set] }
    },
    # Who makes clusters says who administers them. Another layer lets nodes in, as Karpenter's are: an entry of that type takes no policy and no group.
    {
      Parts     = contains(of.parts, "cluster") ? [] : ["identity"]
      Sid       = "LetNodesIn"
      Effect    = "Allow"
      Action    = ["eks:CreateAccessEntry"]
      Resource  = ["${local.here.eks}:cluster/*"]
      Condition = { StringEquals = merge(local.made[set], local.ours, local.of_nodes) }
    },
    {
      Parts     = contains(of.parts, "cluster") || length(var.given.cluster_names) == 0 ? [] : ["identity"]
      Sid       = "LetNodesIntoGiven"
      Effect    = "Allow"
      Action    = ["eks:CreateAccessEntry"]
      Resource  = [for name in sort(var.given.cluster_names) : "${local.here.eks}:cluster/${name}"]
      Condition = { StringEquals = merge(local.made[set], local.of_nodes) }
    },
    {
      Parts     = ["cluster"]
      Sid       = "GiveAddonsTheirRoles"
      Effect    = "Allow"
      Action    = ["eks:CreateAddon", "eks:DeleteAddon", "eks:UpdateAddon", "eks:UpdatePodIdentityAssociation"]
      Resource  = local.eks_associations
      Condition = { StringEqualsIfExists = local.own[set] }
    },
    # EKS asks about the tags of a new add-on before it has a name.
    {
      Parts     = ["cluster", "identity"]
      Sid       = "TagWhatIsMade"
      Effect    = "Allow"
      Action    = ["eks:TagResource"]
      Resource  = concat(local.eks, local.eks_given, contains(of.parts, "cluster") ? ["${local.here.eks}:/createaddon"] : [])
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
    # Clusters and what is in them, nodes, queues and rules.
    {
      Parts  = ["cluster", "identity"]
      Sid    = "KeepWhatIsOwn"
      Effect = "Allow"
      Action = concat([
        "eks:DeleteAccessEntry",
        "eks:DeletePodIdentityAssociation",
        "eks:TagResource",
        "eks:UntagResource",
        "eks:UpdatePodIdentityAssociation",
        ], contains(of.parts, "cluster") ? [
        "ec2:CreateLaunchTemplateVersion",
        "ec2:DeleteLaunchTemplate",
        "ec2:DeleteLaunchTemplateVersions",
        "ec2:DeletePlacementGroup",
        "ec2:ModifyInstanceAttribute",
        "ec2:ModifyInstanceMetadataOptions",
        "ec2:ModifyLaunchTemplate",
        "ec2:MonitorInstances",
        "ec2:StartInstances",
        "ec2:StopInstances",
        "ec2:TerminateInstances",
        "ec2:UnmonitorInstances",
        "eks:AssociateAccessPolicy",
        "eks:AssociateEncryptionConfig",
        "eks:DeleteAddon",
        "eks:DeleteCluster",
        "eks:DeleteNodegroup",
        "eks:DisassociateAccessPolicy",
        "eks:UpdateAccessEntry",
        "eks:UpdateAddon",
        "eks:UpdateClusterConfig",
        "eks:UpdateClusterVersion",
        "eks:UpdateNodegroupConfig",
        "eks:UpdateNodegroupVersion",
        ] : [], contains(of.parts, "identity") ? [
        "events:DeleteRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:TagResource",
        "events:UntagResource",
        "sqs:DeleteQueue",
        "sqs:SetQueueAttributes",
        "sqs:TagQueue",
        "sqs:UntagQueue",
      ] : [])
      Resource  = ["${local.here.ec2}:*", "${local.here.eks}:*", "${local.here.events}:rule/*", "${local.here.sqs}:*"]
      Condition = { StringEquals = local.own[set] }
    },
    {
      Parts     = ["cluster"]
      Sid       = "MakeNodes"
      Effect    = "Allow"
      Action    = ["ec2:CreateLaunchTemplate", "ec2:CreatePlacementGroup", "ec2:RunInstances"]
      Resource  = [for kind in ["instance", "launch-template", "placement-group"] : local.ec2_kinds[kind]]
      Condition = { StringEquals = local.made[set] }
    },
    # A disk and an interface are made with the instance, of whose tags they need not have any; one that is there can be a neighbour's.
    {
      Parts     = ["cluster"]
      Sid       = "StartThemWith"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances"]
      Resource  = [local.ec2_kinds["network-interface"], local.ec2_kinds["volume"]]
      Condition = { StringEqualsIfExists = local.ours }
    },
    # Images belong to others.
    {
      Parts  = ["cluster"]
      Sid    = "StartThemFrom"
      Effect = "Allow"
      Action = ["ec2:RunInstances"]
      Resource = concat(
        [for kind in ["image", "snapshot"] : "arn:${local.partition}:ec2:${local.region}::${kind}/*"],
        # What starts in a reservation or capacity block asks for it by name; another account may share it.
        ["arn:${local.partition}:ec2:${local.region}:*:capacity-reservation/*"],
      )
    },
    {
      Parts     = ["cluster"]
      Sid       = "StartThemInOurs"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances"]
      Resource  = ["${local.here.ec2}:*"]
      Condition = { StringEquals = local.ours }
    },
    # The instance itself is its own layer's.
    {
      Parts     = ["cluster"]
      Sid       = "PutThemIntoOurGroups"
      Effect    = "Allow"
      Action    = ["ec2:ModifyInstanceAttribute"]
      Resource  = [local.ec2_kinds["security-group"]]
      Condition = { StringEquals = local.ours }
    },
    {
      Parts    = length(local.given_ec2) == 0 ? [] : ["cluster"]
      Sid      = "StartThemInGiven"
      Effect   = "Allow"
      Action   = ["ec2:RunInstances"]
      Resource = local.given_ec2
    },
    # EKS makes the group, without tags of ours.
    {
      Parts     = ["cluster"]
      Sid       = "StartThemInTheClustersGroup"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances"]
      Resource  = [local.ec2_kinds["security-group"]]
      Condition = { StringEquals = { "aws:ResourceTag/aws:eks:cluster-name" = local.clusters } }
    },
  ] }
}
