# What an apply changes, by what it is for. Resources without names (network, keys) are those of this account and
# region; all others are those with our names.

data "aws_iam_policy_document" "network" {
  statement {
    sid = "MakeNetworks"
    actions = [
      "ec2:AllocateAddress",
      "ec2:AssociateAddress",
      "ec2:AssociateNatGatewayAddress",
      "ec2:AssociateRouteTable",
      "ec2:AssociateSubnetCidrBlock",
      "ec2:AssociateVpcCidrBlock",
      "ec2:AttachInternetGateway",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:CreateEgressOnlyInternetGateway",
      "ec2:CreateFlowLogs",
      "ec2:CreateInternetGateway",
      "ec2:CreateNatGateway",
      "ec2:CreateNetworkInterface",
      "ec2:CreateRoute",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateTags",
      "ec2:CreateVpc",
      "ec2:CreateVpcBlockPublicAccessExclusion",
      "ec2:CreateVpcEndpoint",
      "ec2:DeleteEgressOnlyInternetGateway",
      "ec2:DeleteFlowLogs",
      "ec2:DeleteInternetGateway",
      "ec2:DeleteNatGateway",
      "ec2:DeleteNetworkInterface",
      "ec2:DeleteRoute",
      "ec2:DeleteRouteTable",
      "ec2:DeleteSecurityGroup",
      "ec2:DeleteSubnet",
      "ec2:DeleteTags",
      "ec2:DeleteVpc",
      "ec2:DeleteVpcBlockPublicAccessExclusion",
      "ec2:DeleteVpcEndpoints",
      "ec2:DetachInternetGateway",
      "ec2:DetachNetworkInterface",
      "ec2:DisassociateAddress",
      "ec2:DisassociateNatGatewayAddress",
      "ec2:DisassociateRouteTable",
      "ec2:DisassociateSubnetCidrBlock",
      "ec2:DisassociateVpcCidrBlock",
      "ec2:ModifyNetworkInterfaceAttribute",
      "ec2:ModifySecurityGroupRules",
      "ec2:ModifySubnetAttribute",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcBlockPublicAccessExclusion",
      "ec2:ModifyVpcEndpoint",
      "ec2:ReleaseAddress",
      "ec2:ReplaceRoute",
      "ec2:ReplaceRouteTableAssociation",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
      "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
      "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ]
    resources = [for kind in [
      "egress-only-internet-gateway",
      "elastic-ip",
      "instance",
      "internet-gateway",
      "natgateway",
      "network-interface",
      "route-table",
      "security-group",
      "security-group-rule",
      "subnet",
      "vpc",
      "vpc-block-public-access-exclusion",
      "vpc-endpoint",
      "vpc-flow-log",
    ] : "${local.here.ec2}:${kind}/*"]
  }

  # EC2 puts the private names of interface endpoints into a zone of its own.
  statement {
    sid       = "NameEndpoints"
    actions   = ["route53:AssociateVPCWithHostedZone"]
    resources = ["arn:${local.partition}:route53:::hostedzone/*"]
  }

  statement {
    sid = "KeepLogGroups"
    actions = [
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DeleteRetentionPolicy",
      "logs:DisassociateKmsKey",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ]
    resources = flatten([for name in local.names : [for group in ["/aws/eks/${name}", "/aws/rds/instance/${name}", "/aws/vpc/${name}", "aws-waf-logs-${name}"] : "${local.here.logs}:log-group:${group}*"]])
  }
}

data "aws_iam_policy_document" "cluster" {
  statement {
    sid = "KeepClusters"
    actions = [
      "eks:AssociateAccessPolicy",
      "eks:AssociateEncryptionConfig",
      "eks:CreateAccessEntry",
      "eks:CreateAddon",
      "eks:CreateNodegroup",
      "eks:CreatePodIdentityAssociation",
      "eks:DeleteAccessEntry",
      "eks:DeleteAddon",
      "eks:DeleteCluster",
      "eks:DeleteNodegroup",
      "eks:DeletePodIdentityAssociation",
      "eks:DisassociateAccessPolicy",
      "eks:TagResource",
      "eks:UntagResource",
      "eks:UpdateAccessEntry",
      "eks:UpdateAddon",
      "eks:UpdateClusterConfig",
      "eks:UpdateClusterVersion",
      "eks:UpdateNodegroupConfig",
      "eks:UpdateNodegroupVersion",
      "eks:UpdatePodIdentityAssociation",
    ]
    resources = local.eks
  }

  # Making one knows no resource yet.
  statement {
    sid       = "MakeClustersHere"
    actions   = ["eks:CreateCluster"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [local.region]
    }
  }

  statement {
    sid = "MakeNodes"
    actions = [
      "ec2:CreateLaunchTemplate",
      "ec2:CreateLaunchTemplateVersion",
      "ec2:CreatePlacementGroup",
      "ec2:CreateTags",
      "ec2:DeleteLaunchTemplate",
      "ec2:DeleteLaunchTemplateVersions",
      "ec2:DeletePlacementGroup",
      "ec2:ModifyLaunchTemplate",
      "ec2:RunInstances",
    ]
    resources = concat(
      [for kind in ["instance", "key-pair", "launch-template", "network-interface", "placement-group", "security-group", "subnet", "volume"] : "${local.here.ec2}:${kind}/*"],
      [for kind in ["image", "snapshot"] : "arn:${local.partition}:ec2:${local.region}::${kind}/*"],
    )
  }

  # What starts in a reservation or capacity block asks for it by name; another account may share it.
  statement {
    sid       = "StartInReservations"
    actions   = ["ec2:RunInstances"]
    resources = ["arn:${local.partition}:ec2:${local.region}:*:capacity-reservation/*"]
  }

  statement {
    sid = "KeepInstances"
    actions = [
      "ec2:ModifyInstanceAttribute",
      "ec2:ModifyInstanceMetadataOptions",
      "ec2:MonitorInstances",
      "ec2:StartInstances",
      "ec2:StopInstances",
      "ec2:TerminateInstances",
      "ec2:UnmonitorInstances",
    ]
    resources = ["${local.here.ec2}:instance/*"]
  }

  statement {
    sid = "TellOfInterruptions"
    actions = [
      "events:DeleteRule",
      "events:PutRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:TagResource",
      "events:UntagResource",
      "sqs:CreateQueue",
      "sqs:DeleteQueue",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
      "sqs:UntagQueue",
    ]
    resources = flatten([for name in local.names : ["${local.here.events}:rule/${name}*", "${local.here.sqs}:${name}*"]])
  }
}

data "aws_iam_policy_document" "data" {
  statement {
    sid = "MakeDatabases"
    actions = [
      "rds:AddTagsToResource",
      "rds:CreateDBInstance",
      "rds:CreateDBParameterGroup",
      "rds:CreateDBSnapshot",
      "rds:CreateDBSubnetGroup",
      "rds:DeleteDBInstance",
      "rds:DeleteDBParameterGroup",
      "rds:DeleteDBSubnetGroup",
      "rds:ModifyDBInstance",
      "rds:ModifyDBParameterGroup",
      "rds:ModifyDBSubnetGroup",
      "rds:RebootDBInstance",
      "rds:RemoveTagsFromResource",
      "rds:ResetDBParameterGroup",
      "rds:RestoreDBInstanceFromDBSnapshot",
      "rds:RestoreDBInstanceToPointInTime",
    ]
    resources = concat(["${local.here.rds}:og:default*"], flatten([for name in local.names : [for kind in ["db", "pg", "snapshot", "subgrp"] : "${local.here.rds}:${kind}:${name}*"]]))
  }

  # The secret in which RDS keeps the master password. Its value cannot be read with this.
  statement {
    sid       = "LetRdsKeepMasterPasswords"
    actions   = ["secretsmanager:CreateSecret", "secretsmanager:RotateSecret", "secretsmanager:TagResource"]
    resources = ["${local.here.secretsmanager}:secret:rds!db-*"]
  }

  statement {
    sid = "MakeBuckets"
    actions = [
      "s3:CreateBucket",
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
      "s3:PutBucketCORS",
      "s3:PutBucketLogging",
      "s3:PutBucketNotification",
      "s3:PutBucketOwnershipControls",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketTagging",
      "s3:PutBucketVersioning",
      "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration",
    ]
    resources = [for name in local.names : "arn:${local.partition}:s3:::${name}*"]
  }

  # Who writes a bucket's policy can open the bucket to itself; so this is said openly. `force_destroy` needs it.
  statement {
    sid       = "EmptyBuckets"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:ListBucketVersions", "s3:PutObject"]
    resources = [for name in local.names : "arn:${local.partition}:s3:::${name}*"]
  }

  statement {
    sid = "MakeRepositoriesAndSecrets"
    actions = [
      "ecr:CreateRepository",
      "ecr:DeleteLifecyclePolicy",
      "ecr:DeleteRepository",
      "ecr:DeleteRepositoryPolicy",
      "ecr:PutImageScanningConfiguration",
      "ecr:PutImageTagMutability",
      "ecr:PutLifecyclePolicy",
      "ecr:SetRepositoryPolicy",
      "ecr:TagResource",
      "ecr:UntagResource",
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:PutSecretValue",
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:UpdateSecret",
    ]
    resources = flatten([for name in local.names : ["${local.here.ecr}:repository/${name}*", "${local.here.secretsmanager}:secret:${name}*"]])
  }

  # These know no resource.
  statement {
    sid = "MakeCachesScansAndKeys"
    actions = [
      "ecr:CreatePullThroughCacheRule",
      "ecr:CreateRepositoryCreationTemplate",
      "ecr:DeletePullThroughCacheRule",
      "ecr:DeleteRepositoryCreationTemplate",
      "ecr:PutRegistryScanningConfiguration",
      "ecr:UpdatePullThroughCacheRule",
      "ecr:UpdateRepositoryCreationTemplate",
      "inspector2:Enable",
      "kms:CreateKey",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "MakeEncryptedFileSystems"
    actions   = ["elasticfilesystem:CreateFileSystem"]
    resources = ["*"]

    condition {
      test     = "Bool"
      variable = "elasticfilesystem:Encrypted"
      values   = ["true"]
    }
  }

  statement {
    sid = "KeepFileSystems"
    actions = [
      "elasticfilesystem:CreateAccessPoint",
      "elasticfilesystem:CreateMountTarget",
      "elasticfilesystem:DeleteAccessPoint",
      "elasticfilesystem:DeleteFileSystem",
      "elasticfilesystem:DeleteFileSystemPolicy",
      "elasticfilesystem:DeleteMountTarget",
      "elasticfilesystem:ModifyMountTargetSecurityGroups",
      "elasticfilesystem:PutBackupPolicy",
      "elasticfilesystem:PutFileSystemPolicy",
      "elasticfilesystem:PutLifecycleConfiguration",
      "elasticfilesystem:TagResource",
      "elasticfilesystem:UntagResource",
      "elasticfilesystem:UpdateFileSystem",
    ]
    resources = ["${local.here.elasticfilesystem}:access-point/*", "${local.here.elasticfilesystem}:file-system/*"]
  }

  statement {
    sid = "KeepKeys"
    actions = [
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]
    resources = concat(["${local.here.kms}:key/*"], [for name in local.names : "${local.here.kms}:alias/${name}*"])
  }

  # To databases, clusters, volumes and the like: never to a person or a role.
  statement {
    sid       = "GrantKeysToServices"
    actions   = ["kms:CreateGrant"]
    resources = ["${local.here.kms}:key/*"]

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }

  statement {
    sid       = "UseKeysThroughSecretsManager"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["${local.here.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${local.region}.${local.dns_suffix}"]
    }
  }
}

data "aws_iam_policy_document" "edge" {
  statement {
    sid = "MakeLoadBalancers"
    actions = [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateLoadBalancer",
      "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyListenerAttributes",
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyRule",
      "elasticloadbalancing:RemoveTags",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
    ]
    resources = flatten([for name in local.names : [for type in ["app", "net"] : [
      "${local.here.elasticloadbalancing}:listener-rule/${type}/${name}*/*/*/*",
      "${local.here.elasticloadbalancing}:listener/${type}/${name}*/*/*",
      "${local.here.elasticloadbalancing}:loadbalancer/${type}/${name}*/*",
    ]]])
  }

  statement {
    sid       = "MakeTargetGroups"
    actions   = ["elasticloadbalancing:AddTags", "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:RemoveTags"]
    resources = [for name in local.names : "${local.here.elasticloadbalancing}:targetgroup/${name}*/*"]
  }

  statement {
    sid       = "KeepCertificates"
    actions   = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate"]
    resources = ["${local.here.acm}:certificate/*"]
  }

  statement {
    sid       = "UseFirewalls"
    actions   = ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"]
    resources = concat(["${local.here.wafv2}:regional/webacl/*/*"], [for name in local.names : "${local.here.elasticloadbalancing}:loadbalancer/app/${name}*/*"])
  }

  # Its rules are AWS's own, which the action asks for as well.
  statement {
    sid = "MakeFirewalls"
    actions = [
      "wafv2:CreateWebACL",
      "wafv2:DeleteLoggingConfiguration",
      "wafv2:DeleteWebACL",
      "wafv2:PutLoggingConfiguration",
      "wafv2:TagResource",
      "wafv2:UntagResource",
      "wafv2:UpdateWebACL",
    ]
    resources = concat(["${local.here.wafv2}:regional/managedruleset/*/*"], [for name in local.names : "${local.here.wafv2}:regional/webacl/${name}*/*"])
  }

  # How a firewall comes to write a log group. These know no resource.
  statement {
    sid       = "DeliverLogs"
    actions   = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:PutResourcePolicy"]
    resources = ["*"]
  }

  # These know no resource.
  statement {
    sid       = "AskForCertificatesAndFirewalls"
    actions   = ["acm:RequestCertificate", "elasticloadbalancing:SetWebAcl"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = length(var.hosted_zone_ids) > 0 ? ["zones"] : []

    content {
      sid       = "WriteRecords"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = [for zone in var.hosted_zone_ids : "arn:${local.partition}:route53:::hostedzone/${zone}"]
    }
  }
}
