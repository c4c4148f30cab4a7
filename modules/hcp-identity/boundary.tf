# What a role made by Terraform can have at most, whatever policies are attached to it. Without it, who may make roles
# may make an administrator. It holds what the roles of the modules need, and reaches no further than the platform where
# AWS can tell: the apply roles write the policies of these roles, so a right here is a right of theirs.

locals {
  in_regions = { StringEquals = { "aws:RequestedRegion" = length(var.regions) > 0 ? sort(var.regions) : [local.region] } }

  # As the software in clusters, and EKS itself, write the cluster's name on what they make.
  not_of_ours = merge(
    { "aws:ResourceTag/${local.platform_key}" = local.platform_values },
    { for key in ["KubernetesCluster", "aws:eks:cluster-name", "cluster.k8s.amazonaws.com/name", "ebs.csi.aws.com/cluster-name", "eks:eks-cluster-name", "elbv2.k8s.aws/cluster"] : "aws:ResourceTag/${key}" => local.clusters },
    { for name in var.given.cluster_names : "aws:ResourceTag/kubernetes.io/cluster/${name}" => ["owned", "shared"] },
  )

  # By service, without a region: which ones counts above.
  any = { for service in ["ecr", "elasticfilesystem", "elasticloadbalancing", "kms", "logs", "rds", "secretsmanager", "sqs", "ssm"] : service => "arn:${local.partition}:${service}:*:${local.account_id}" }

  boundary_statements = concat(
    [
      # Of EC2, EFS and load balancers whatever controllers and nodes do; whose it must be says `NothingOfOthers`.
      {
        Sid    = "WorkInItsRegions"
        Effect = "Allow"
        Action = [
          "acm:DescribeCertificate",
          "acm:ListCertificates",
          "aps:*Metric*",
          "aps:Get*",
          "aps:RemoteWrite",
          "autoscaling:Describe*",
          "bedrock:ApplyGuardrail",
          "bedrock:GetInferenceProfile",
          "bedrock:InvokeModel*",
          "cloudwatch:PutMetricData",
          "cognito-idp:DescribeUserPoolClient",
          "ec2:*NetworkInterface*",
          "ec2:*Addresses",
          "ec2:*SecurityGroup*",
          "ec2:*Tags",
          "ec2:*Volume",
          "ec2:CreateFleet",
          "ec2:CreateLaunchTemplate",
          "ec2:DeleteLaunchTemplate",
          "ec2:DeleteSnapshot",
          "ec2:Describe*",
          "ec2:RunInstances",
          "ec2:TerminateInstances",
          "ec2messages:*",
          "ecr:Batch*",
          "ecr:CreateRepository",
          "ecr:Describe*",
          "ecr:Get*",
          "ecr:List*",
          "eks-auth:AssumeRoleForPodIdentity",
          "eks:Describe*",
          "eks:List*",
          "elasticfilesystem:*AccessPoint*",
          "elasticfilesystem:Client*",
          "elasticfilesystem:Describe*",
          "elasticfilesystem:TagResource",
          "elasticloadbalancing:*",
          "fsx:*FileSystem*",
          "fsx:TagResource",
          "logs:Describe*",
          "rds-db:connect",
          "sagemaker:InvokeEndpoint*",
          "secretsmanager:BatchGetSecretValue",
          "secretsmanager:ListSecrets",
          "ssm:DescribeParameters",
          "ssm:ListInstanceAssociations",
          "ssm:UpdateInstanceInformation",
          "ssmmessages:*",
          "wafv2:*ssociateWebACL",
          "wafv2:GetWebACL*",
          "xray:Put*",
        ]
        Resource  = ["*"]
        Condition = local.in_regions
      },
      # Prices, zones and shields are in no region of the platform's.
      {
        Sid      = "LookAround"
        Effect   = "Allow"
        Action   = ["arc-zonal-shift:GetManagedResource", "iam:ListInstanceProfiles", "pricing:GetProducts", "route53:GetChange", "route53:ListHostedZones*", "route53:ListTagsForResources", "shield:*Protection", "shield:GetSubscriptionState"]
        Resource = ["*"]
      },
      {
        Sid    = "KeepImagesObjectsAndMessages"
        Effect = "Allow"
        Action = [
          "ecr:*Layer*",
          "ecr:PutImage",
          "ecr:TagResource",
          "logs:Create*",
          "logs:PutLogEvents",
          "logs:PutRetentionPolicy",
          "s3:*MultipartUpload*",
          "s3:DeleteObject",
          "s3:GetBucketLocation",
          "s3:GetObject",
          "s3:ListBucket",
          "s3:PutObject",
          "secretsmanager:*Secret",
          "secretsmanager:*SecretValue",
          "secretsmanager:*Resource",
          "secretsmanager:GetResourcePolicy",
          "secretsmanager:ListSecretVersionIds",
          "sqs:DeleteMessage",
          "sqs:GetQueueUrl",
          "sqs:ReceiveMessage",
          "ssm:*Parameter",
          "ssm:*Parameters",
          "ssm:*Resource",
          "ssm:GetParameter*",
        ]
        Resource = concat(
          [for prefix in concat(["tfy-*"], local.starts_and_below) : "${local.any.ecr}:repository/${prefix}"],
          [for prefix in concat(["/tfy-secret/*"], local.starts_and_below) : "${local.any.secretsmanager}:secret:${prefix}"],
          [for prefix in concat(["tfy-secret/*"], local.starts_and_below) : "${local.any.ssm}:parameter/${prefix}"],
          ["arn:${local.partition}:ssm:*::parameter/aws/service/*"],
          [for name in local.clusters : "${local.any.sqs}:${name}"],
          [for name in local.starts : "${local.any.logs}:log-group:/aws/*/${name}/*"],
          flatten([for name in sort(local.names) : [for end in ["", "/*", "-${local.account_id}*"] : "arn:${local.partition}:s3:::${name}${end}"]]),
          flatten([for name in sort(var.bucket_names) : [for end in ["", "/*"] : "arn:${local.partition}:s3:::${name}${end}"]]),
          flatten([for arn in sort(var.given.bucket_arns) : endswith(arn, "*") ? [arn] : [for end in ["", "/*"] : "${arn}${end}"]]),
          sort(var.given.secret_arns),
          sort(var.given.parameter_arns),
        )
      },
      # RDS says by a tag of its own whose password it is.
      {
        Sid       = "ReadPasswordsOfDatabases"
        Effect    = "Allow"
        Action    = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource  = ["${local.any.secretsmanager}:secret:rds!db-*"]
        Condition = { StringLike = { "aws:ResourceTag/aws:rds:primaryDBInstanceArn" = [for name in local.starts : "${local.any.rds}:db:${name}"] } }
      },
      {
        Sid       = "SnapshotDisks"
        Effect    = "Allow"
        Action    = ["ec2:CreateSnapshot"]
        Resource  = ["arn:${local.partition}:ec2:*:*:volume/*"]
        Condition = { StringLike = { "aws:ResourceTag/ebs.csi.aws.com/cluster-name" = local.clusters } }
      },
      {
        Sid      = "MakeSnapshots"
        Effect   = "Allow"
        Action   = ["ec2:CreateSnapshot"]
        Resource = ["arn:${local.partition}:ec2:*::snapshot/*"]
      },
      {
        Sid       = "UseOurKeys"
        Effect    = "Allow"
        Action    = local.key_uses
        Resource  = ["${local.any.kms}:key/*"]
        Condition = { StringEquals = local.ours }
      },
      # Those that AWS keeps for a service.
      {
        Sid       = "UseKeysOfAws"
        Effect    = "Allow"
        Action    = local.key_uses
        Resource  = ["${local.any.kms}:key/*"]
        Condition = { "ForAnyValue:StringLike" = { "kms:ResourceAliases" = ["alias/aws/*"] } }
      },
      # Roles that nodes start with; a role of the platform takes another one where its trust says so.
      {
        Sid       = "GiveNodesTheirRoles"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = [for name in local.node_roles : "${local.iam}:role/${name}"]
        Condition = { StringEquals = { "iam:PassedToService" = distinct(["ec2.amazonaws.com", "ec2.${local.dns_suffix}"]) } }
      },
      {
        Sid      = "TakeRoles"
        Effect   = "Allow"
        Action   = ["sts:AssumeRole", "sts:TagSession"]
        Resource = concat([for name in sort(local.names) : "${local.iam}:role/${name}-*"], sort(var.given.role_arns))
      },
      # Karpenter and EKS make the profiles of their nodes, and write on them for which cluster.
      {
        Sid       = "MakeProfilesOfNodes"
        Effect    = "Allow"
        Action    = ["iam:CreateInstanceProfile", "iam:TagInstanceProfile"]
        Resource  = ["${local.iam}:instance-profile/*"]
        Condition = { StringLike = { "aws:RequestTag/eks:eks-cluster-name" = local.clusters }, StringLikeIfExists = { "aws:ResourceTag/eks:eks-cluster-name" = local.clusters } }
      },
      {
        Sid       = "KeepProfilesOfNodes"
        Effect    = "Allow"
        Action    = ["iam:AddRoleToInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"]
        Resource  = ["${local.iam}:instance-profile/*"]
        Condition = { StringLike = { "aws:ResourceTag/eks:eks-cluster-name" = local.clusters } }
      },
      {
        Sid      = "SeeRolesAndProfiles"
        Effect   = "Allow"
        Action   = ["iam:GetInstanceProfile", "iam:GetRole"]
        Resource = ["${local.iam}:instance-profile/*", "${local.iam}:role/*"]
      },
      {
        Sid       = "MakeTheServicesOwnRoles"
        Effect    = "Allow"
        Action    = ["iam:CreateServiceLinkedRole"]
        Resource  = ["${local.iam}:role/aws-service-role/*"]
        Condition = { StringLike = { "iam:AWSServiceName" = ["*fsx.amazonaws.com", "eks*.amazonaws.com", "elasticloadbalancing.amazonaws.com", "spot.amazonaws.com"] } }
      },
      # What is neither tagged as the platform's nor as one of its clusters'. What is made has no tags yet.
      {
        Sid    = "NothingOfOthers"
        Effect = "Deny"
        Action = [
          "ec2:A*",
          "ec2:CreateTags",
          "ec2:De*",
          "ec2:Modify*",
          "ec2:Re*",
          "ec2:TerminateInstances",
          "ec2:Una*",
          "elasticfilesystem:Client*",
          "elasticfilesystem:CreateAccessPoint",
          "elasticloadbalancing:Add*",
          "elasticloadbalancing:CreateListener",
          "elasticloadbalancing:CreateRule",
          "elasticloadbalancing:De*",
          "elasticloadbalancing:Modify*",
          "elasticloadbalancing:Re*",
          "elasticloadbalancing:Set*",
        ]
        Resource = concat(
          [for kind in ["instance", "launch-template", "network-interface", "security-group", "volume"] : "arn:${local.partition}:ec2:*:*:${kind}/*"],
          ["arn:${local.partition}:ec2:*::snapshot/*", "${local.any.elasticfilesystem}:file-system/*", "${local.any.elasticloadbalancing}:*"],
        )
        Condition = { StringNotLike = local.not_of_ours, Null = { "ec2:CreateAction" = "true", "elasticloadbalancing:CreateAction" = "true" } }
      },
      {
        Sid    = "NoKeysNoSessionsAndNoAdministrators"
        Effect = "Deny"
        Action = [
          "eks:AssociateAccessPolicy",
          "eks:CreateAccessEntry",
          "elasticloadbalancing:*TrustStore*",
          "kms:PutKeyPolicy",
          "s3:PutAccountPublicAccessBlock",
          "ssm:SendCommand",
          "ssm:StartSession",
        ]
        Resource = ["*"]
      },
      {
        Sid      = "NothingThatTerraformRunsWith"
        Effect   = "Deny"
        Action   = ["iam:PassRole", "s3:*", "sts:AssumeRole"]
        Resource = concat(["${local.iam}:role/${var.name}-terraform-*", "${local.iam}:role/terraform/*"], [for arn in compact([local.state.bucket_arn]) : "${arn}*"])
      },
    ],
    [for zones in length(var.hosted_zone_ids) > 0 ? [var.hosted_zone_ids] : [] : {
      Sid      = "RecordsOfThePlatform"
      Effect   = "Allow"
      Action   = ["route53:ChangeResourceRecordSets", "route53:GetHostedZone", "route53:ListResourceRecordSets"]
      Resource = [for zone in sort(zones) : "arn:${local.partition}:route53:::hostedzone/${zone}"]
    }],
    [for keys in length(var.given.kms_key_arns) > 0 ? [var.given.kms_key_arns] : [] : {
      Sid      = "UseGivenKeys"
      Effect   = "Allow"
      Action   = local.key_uses
      Resource = sort(keys)
    }],
  )

  key_uses = ["kms:*Grant", "kms:*crypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:ListGrants", "kms:ReEncrypt*"]

  # Paths of secrets, parameters and repositories.
  starts_and_below = flatten([for name in sort(local.names) : ["${name}-*", "${name}/*"]])

  boundary = jsonencode({ Version = "2012-10-17", Statement = local.boundary_statements })
}

resource "aws_iam_policy" "boundary" {
  count = var.created_roles_boundary == null ? 1 : 0

  name_prefix = "${var.name}-terraform-boundary-"
  description = "Cap of the roles that Terraform of ${var.name} makes"
  policy      = local.boundary

  lifecycle {
    precondition {
      condition     = length(local.boundary) <= 6144
      error_message = "The boundary is longer than the 6,144 characters that IAM takes. Use fewer or shorter `managed_names`, less of what is `given`, or a `created_roles_boundary` of your own."
    }
  }
}
