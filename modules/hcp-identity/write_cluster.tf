# What an apply changes of clusters, of their nodes, and of what tells Karpenter of interruptions.

locals {
  # The kinds of objects that make up a cluster, below its name.
  eks = flatten([for name in local.clusters : [
    "${local.here.eks}:access-entry/${name}/*",
    "${local.here.eks}:addon/${name}/*/*",
    "${local.here.eks}:cluster/${name}",
    "${local.here.eks}:nodegroup/${name}/*/*",
    "${local.here.eks}:podidentityassociation/${name}/*",
  ]])
  eks_clusters     = [for name in local.clusters : "${local.here.eks}:cluster/${name}"]
  eks_associations = [for name in local.clusters : "${local.here.eks}:podidentityassociation/${name}/*"]

  tell = flatten([for name in local.clusters : ["${local.here.events}:rule/${name}", "${local.here.sqs}:${name}"]])

  cluster_statements = { for set, of in local.sets : set => [
    # Making one knows no resource yet.
    {
      Parts    = ["cluster"]
      Sid      = "MakeClustersHere"
      Effect   = "Allow"
      Action   = ["eks:CreateCluster"]
      Resource = ["*"]
      Condition = {
        StringEquals = merge(local.made[set], { "aws:RequestedRegion" = local.region })
      }
    },
    {
      Parts     = ["cluster", "identity"]
      Sid       = "MakeInOurClusters"
      Effect    = "Allow"
      Action    = concat(["eks:CreateAccessEntry", "eks:CreatePodIdentityAssociation"], [for action in ["eks:CreateAddon", "eks:CreateNodegroup"] : action if contains(of.parts, "cluster")])
      Resource  = local.eks_clusters
      Condition = { StringEquals = merge(local.made[set], local.ours) }
    },
    {
      Parts     = length(var.given.cluster_names) == 0 ? [] : ["cluster", "identity"]
      Sid       = "MakeInGivenClusters"
      Effect    = "Allow"
      Action    = concat(["eks:CreateAccessEntry", "eks:CreatePodIdentityAssociation"], [for action in ["eks:CreateAddon", "eks:CreateNodegroup"] : action if contains(of.parts, "cluster")])
      Resource  = [for name in sort(var.given.cluster_names) : "${local.here.eks}:cluster/${name}"]
      Condition = { StringEquals = local.made[set] }
    },
    # An add-on brings associations of its own, without tags of ours.
    {
      Parts     = ["cluster"]
      Sid       = "GiveAddonsTheirRoles"
      Effect    = "Allow"
      Action    = ["eks:CreateAddon", "eks:DeleteAddon", "eks:UpdateAddon"]
      Resource  = local.eks_associations
      Condition = { StringEqualsIfExists = local.own[set] }
    },
    {
      Parts     = ["cluster"]
      Sid       = "KeepAssociationsOfAddons"
      Effect    = "Allow"
      Action    = ["eks:UpdatePodIdentityAssociation"]
      Resource  = local.eks_associations
      Condition = { StringEqualsIfExists = local.own[set] }
    },
    {
      Parts     = ["cluster", "identity"]
      Sid       = "TagWhatIsMade"
      Effect    = "Allow"
      Action    = ["eks:TagResource"]
      Resource  = local.eks
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
    {
      Parts  = ["cluster", "identity"]
      Sid    = "KeepClusters"
      Effect = "Allow"
      Action = concat(
        [
          "eks:AssociateAccessPolicy",
          "eks:DeleteAccessEntry",
          "eks:DeletePodIdentityAssociation",
          "eks:DisassociateAccessPolicy",
          "eks:TagResource",
          "eks:UntagResource",
          "eks:UpdateAccessEntry",
          "eks:UpdatePodIdentityAssociation",
        ],
        [for action in [
          "eks:AssociateEncryptionConfig",
          "eks:DeleteAddon",
          "eks:DeleteCluster",
          "eks:DeleteNodegroup",
          "eks:UpdateAddon",
          "eks:UpdateClusterConfig",
          "eks:UpdateClusterVersion",
          "eks:UpdateNodegroupConfig",
          "eks:UpdateNodegroupVersion",
        ] : action if contains(of.parts, "cluster")],
      )
      Resource  = local.eks
      Condition = { StringEquals = local.own[set] }
    },
    {
      Parts     = ["cluster"]
      Sid       = "MakeNodes"
      Effect    = "Allow"
      Action    = ["ec2:CreateLaunchTemplate", "ec2:CreatePlacementGroup"]
      Resource  = [local.ec2_kinds["launch-template"], local.ec2_kinds["placement-group"]]
      Condition = { StringEquals = local.made[set] }
    },
    {
      Parts     = ["cluster"]
      Sid       = "StartInstances"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances"]
      Resource  = [local.ec2_kinds["instance"]]
      Condition = { StringEquals = local.made[set] }
    },
    # A disk and an interface are made with the instance, of whose tags they need not have any. Images belong to others.
    {
      Parts  = ["cluster"]
      Sid    = "StartThemFrom"
      Effect = "Allow"
      Action = ["ec2:RunInstances"]
      Resource = concat(
        [local.ec2_kinds["network-interface"], local.ec2_kinds["volume"]],
        [for kind in ["image", "snapshot"] : "arn:${local.partition}:ec2:${local.region}::${kind}/*"],
        # What starts in a reservation or capacity block asks for it by name; another account may share it.
        ["arn:${local.partition}:ec2:${local.region}:*:capacity-reservation/*"],
      )
    },
    {
      Parts     = ["cluster"]
      Sid       = "StartThemInOurs"
      Effect    = "Allow"
      Action    = ["ec2:ModifyInstanceAttribute", "ec2:RunInstances"]
      Resource  = [for kind in ["launch-template", "placement-group", "security-group", "subnet"] : local.ec2_kinds[kind]]
      Condition = { StringEquals = local.ours }
    },
    # EKS makes the group, without tags of ours.
    {
      Parts     = ["cluster"]
      Sid       = "StartThemInTheClustersGroup"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances"]
      Resource  = [local.ec2_kinds["security-group"]]
      Condition = { StringLike = { "aws:ResourceTag/aws:eks:cluster-name" = local.clusters } }
    },
    {
      Parts  = ["cluster"]
      Sid    = "KeepNodes"
      Effect = "Allow"
      Action = [
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
      ]
      Resource  = [for kind in ["instance", "launch-template", "placement-group"] : local.ec2_kinds[kind]]
      Condition = { StringEquals = local.own[set] }
    },
    {
      Parts     = ["identity"]
      Sid       = "MakeQueuesAndRules"
      Effect    = "Allow"
      Action    = ["events:PutRule", "events:TagResource", "sqs:CreateQueue", "sqs:TagQueue"]
      Resource  = local.tell
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
    {
      Parts  = ["identity"]
      Sid    = "KeepQueuesAndRules"
      Effect = "Allow"
      Action = [
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
      ]
      Resource  = local.tell
      Condition = { StringEquals = local.own[set] }
    },
  ] }
}
