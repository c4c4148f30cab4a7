# What a role made by Terraform can have at most, whatever policies are attached to it. Without it, who may make roles
# may make an administrator. It holds what the roles of the modules need, and reaches no further than the platform where
# AWS can tell: the apply roles write the policies of these roles, so a right here is a right of theirs.

locals {
  # The platform by the value of its tag, which is its name, and its clusters. What is named otherwise is `given`.
  bounded          = local.platform_value
  clusters_bounded = sort(setunion([local.bounded], var.given.cluster_names))
  buckets_bounded  = concat(["${local.bounded}-${local.account_id}*"], sort(var.bucket_names), [for arn in sort(var.given.bucket_arns) : element(split(":::", arn), 1)])

  # As the software in clusters, and EKS itself, write the cluster's name on what they make.
  marks = ["aws:eks:cluster-name", "cluster.k8s.amazonaws.com/name", "ebs.csi.aws.com/cluster-name", "eks:eks-cluster-name", "elbv2.k8s.aws/cluster"]
  not_of_ours = merge(
    { "aws:ResourceTag/${local.platform_key}" = local.platform_value },
    { for mark in local.marks : "aws:ResourceTag/${mark}" => local.clusters_bounded },
    { for name in var.given.cluster_names : "aws:ResourceTag/kubernetes.io/cluster/${name}" => ["owned", "shared"] },
  )

  # By service, without a region: which ones counts is said once.
  any = { for service in ["ecr", "elasticfilesystem", "logs", "secretsmanager", "ssm"] : service => "arn:${local.partition}:${service}:*:${local.account_id}" }

  boundary_statements = concat(
    [
      # Of EC2, EFS and load balancers what controllers and nodes do; whose it must be says `NotOthers`.
      {
        Sid    = "Work"
        Effect = "Allow"
        Action = [
          "acm:Describe*",
          "acm:List*",
          "aps:*Metric*",
          "aps:Get*",
          "aps:RemoteWrite",
          "bedrock:ApplyGuardrail",
          "bedrock:GetInf*",
          "bedrock:InvokeModel*",
          "cloudwatch:PutMetricData",
          "ec2:*Addresses",
          "ec2:*Fleet",
          "ec2:*Instances",
          "ec2:*LaunchTemplate",
          "ec2:*NetworkInterface*",
          "ec2:*SecurityGroup*",
          "ec2:*Tags",
          "ec2:*Volume",
          "ec2:Describe*",
          "ecr:*Layer*",
          "ecr:Batch*",
          "ecr:CreateRepository",
          "ecr:Describe*",
          "ecr:Get*",
          "ecr:List*",
          "ecr:PutImage",
          "eks-auth:*",
          "eks:Describe*",
          "eks:List*",
          "elasticfilesystem:*AccessPoint*",
          "elasticfilesystem:Client*",
          "elasticfilesystem:Describe*",
          "elasticfilesystem:TagResource",
          "elasticloadbalancing:*",
          "fsx:*FileSystem*",
          "fsx:TagResource",
          "iam:AddRole*",
          "iam:DeleteI*",
          "iam:GetI*",
          "iam:GetRole",
          "iam:ListInstanceProfiles",
          "iam:RemoveRole*",
          "kms:ListGrants",
          "kms:*crypt*",
          "kms:DescribeKey",
          "kms:Gen*",
          "logs:Describe*",
          "pricing:Get*",
          "rds-db:connect",
          "route53:Get*",
          "route53:List*",
          "sagemaker:InvokeEndpoint*",
          "secretsmanager:Batch*",
          "secretsmanager:ListSecrets",
          "sqs:*Message",
          "sqs:GetQueueUrl",
          "ssm:DescribeParameters",
          "ssm:UpdateInstanceI*",
          "ssmmessages:*",
        ]
        Resource = ["*"]
      },
      {
        Sid    = "Keep"
        Effect = "Allow"
        Action = [
          "ecr:TagResource",
          "logs:CreateLogG*",
          "logs:CreateLogS*",
          "logs:PutLogEvents",
          "s3:*MultipartUpload*",
          "s3:*Object",
          "s3:GetBucketLocation",
          "s3:ListBucket",
          "secretsmanager:*Resource*",
          "secretsmanager:*Secret",
          "secretsmanager:???SecretValue", # get and put, and not `BatchGetSecretValue`, which knows no resource
          "ssm:???Parameter*",
          "ssm:DeleteParameter*",
          "ssm:*Resource",
        ]
        Resource = concat(
          ["${local.any.ecr}:repository/tfy-*"],
          [for prefix in ["/tfy-secret/*", "${local.bounded}/*"] : "${local.any.secretsmanager}:secret:${prefix}"],
          [for prefix in ["tfy-secret/*", "${local.bounded}/*"] : "${local.any.ssm}:parameter/${prefix}"],
          ["arn:${local.partition}:ssm:*::parameter/aws/service/*"],
          [for name in local.clusters_bounded : "${local.any.logs}:log-group:/aws/*/${name}/*"],
          flatten([for name in local.buckets_bounded : endswith(name, "*") ? ["arn:${local.partition}:s3:::${name}"] : [for end in ["", "/*"] : "arn:${local.partition}:s3:::${name}${end}"]]),
          sort(var.given.secret_arns),
          sort(var.given.parameter_arns),
        )
      },
      # Karpenter and EKS Auto Mode start nodes, by profiles on which they write for which cluster as they make them.
      {
        Sid       = "PassNodeRoles"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = [for name in concat(local.ends_of.nodes, local.given_roles) : "${local.iam}:role/${name}"]
        Condition = { StringEquals = { "iam:PassedToService" = distinct(["ec2.amazonaws.com", "ec2.${local.dns_suffix}"]) } }
      },
      {
        Sid       = "MakeProfiles"
        Effect    = "Allow"
        Action    = ["iam:CreateInstanceProfile", "iam:TagInstanceProfile"]
        Resource  = ["${local.iam}:instance-profile/*"]
        Condition = { StringEqualsIfExists = { "aws:ResourceTag/eks:eks-cluster-name" = local.clusters_bounded } }
      },
      {
        Sid      = "TakeRoles"
        Effect   = "Allow"
        Action   = ["sts:AssumeRole"]
        Resource = concat(["${local.iam}:role/${local.bounded}-*"], sort(var.given.role_arns))
      },
      {
        Sid       = "Linked"
        Effect    = "Allow"
        Action    = ["iam:CreateServiceLinkedRole"]
        Resource  = ["${local.iam}:role/aws-service-role/*"]
        Condition = { StringLike = { "iam:AWSServiceName" = ["*fsx.amazonaws.com", "e*.amazonaws.com", "spot*"] } }
      },
      # What is neither tagged as the platform's nor as one of its clusters'. What is made has no tags yet.
      {
        Sid    = "NotOthers"
        Effect = "Deny"
        Action = [
          "ec2:As*",
          "ec2:At*",
          "ec2:CreateTags",
          "ec2:Delete*",
          "ec2:Det*",
          "ec2:Modify*",
          "ec2:St*",
          "ec2:Ter*",
          "ec2:Una*",
          "ecr:*Upload*",
          "ecr:PutImage",
          "elasticfilesystem:C*",
          "elasticfilesystem:T*",
          "elasticloadbalancing:Dereg*",
          "elasticloadbalancing:Reg*",
          "iam:AddRole*",
          "iam:DeleteI*",
          "iam:Remove*",
          "sqs:*",
        ]
        NotResource = ["${local.any.ecr}:repository/tfy-*", "${local.any.elasticfilesystem}:access-point/*"]
        Condition   = { StringNotEquals = local.not_of_ours, Null = { "ec2:CreateAction" = "true" } }
      },
      # Groups and load balancers that Terraform has made are changed by it alone; pods enter its target groups.
      {
        Sid    = "NotTerraformsOwn"
        Effect = "Deny"
        Action = [
          "ec2:Au*",
          "ec2:DeleteSec*",
          "ec2:ModifySec*",
          "ec2:Rev*",
          "elasticloadbalancing:A*",
          "elasticloadbalancing:CreateLi*",
          "elasticloadbalancing:CreateRu*",
          "elasticloadbalancing:Delete*",
          "elasticloadbalancing:Modify*",
          "elasticloadbalancing:Rem*",
          "elasticloadbalancing:Set*",
        ]
        Resource = ["*"]
        Condition = { StringNotEquals = merge(
          { for mark in ["aws:eks:cluster-name", "eks:eks-cluster-name", "elbv2.k8s.aws/cluster"] : "aws:ResourceTag/${mark}" => local.clusters_bounded },
          { for name in var.given.cluster_names : "aws:ResourceTag/kubernetes.io/cluster/${name}" => ["owned", "shared"] },
        ), Null = { "elasticloadbalancing:CreateAction" = "true" } }
      },
      # By these AWS tells which layer may change something.
      {
        Sid       = "NotTheOwnersTags"
        Effect    = "Deny"
        Action    = ["ec2:*eTags", "elasticfilesystem:TagResource", "elasticloadbalancing:*Tags", "iam:Tag*"]
        Resource  = ["*"]
        Condition = { "ForAnyValue:StringEqualsIgnoreCase" = { "aws:TagKeys" = [local.platform_key, local.layer_key] }, Null = { "ec2:CreateAction" = "true", "elasticloadbalancing:CreateAction" = "true" } }
      },
      # To what EC2 and the like make: never to a person or a role.
      {
        Sid       = "Grants"
        Effect    = "Allow"
        Action    = ["kms:CreateGrant", "kms:RevokeGrant"]
        Resource  = ["*"]
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
      # AWS keeps a key for each service.
      { for key, value in {
        Sid         = "NotOthersKeys"
        Effect      = "Deny"
        Action      = ["kms:*"]
        Resource    = ["*"]
        NotResource = sort(var.given.kms_key_arns)
        Condition   = { StringNotEquals = local.ours, "ForAllValues:StringNotLike" = { "kms:ResourceAliases" = "alias/aws/*" } }
      } : key => value if key != (length(var.given.kms_key_arns) == 0 ? "NotResource" : "Resource") },
      {
        Sid      = "Never"
        Effect   = "Deny"
        Action   = ["eks:AssociateAccessPolicy", "eks:CreateAccessEntry", "kms:PutKeyPolicy", "ssm:SendCommand", "ssm:StartSession"]
        Resource = ["*"]
      },
      {
        Sid      = "NotTerraforms"
        Effect   = "Deny"
        Action   = ["iam:PassRole", "sts:AssumeRole"]
        Resource = ["${local.iam}:role/${var.name}-terraform-*", "${local.iam}:role/terraform/*"]
      },
    ],
    [for region in ["regions"] : {
      Sid       = "Regions"
      Effect    = "Deny"
      NotAction = ["iam:*", "pricing:*", "route53:*", "sts:*"]
      Resource  = ["*"]
      Condition = { StringNotEquals = { "aws:RequestedRegion" = length(var.regions) > 0 ? sort(var.regions) : [local.region] } }
    }],
    [for zones in length(var.hosted_zone_ids) > 0 ? [var.hosted_zone_ids] : [] : {
      Sid      = "Records"
      Effect   = "Allow"
      Action   = ["route53:ChangeResourceRecordSets"]
      Resource = [for zone in sort(zones) : "arn:${local.partition}:route53:::hostedzone/${zone}"]
    }],
  )

  boundary = jsonencode({ Version = "2012-10-17", Statement = local.boundary_statements })
}

resource "aws_iam_policy" "boundary" {
  count = var.created_roles_boundary == null ? 1 : 0

  name_prefix = "${var.name}-terraform-boundary-"
  description = "Cap of the roles that Terraform of ${var.name} makes"
  policy      = local.boundary
  tags        = local.nobodys

  lifecycle {
    precondition {
      condition     = length(local.boundary) <= 6144
      error_message = "The boundary is longer than the 6,144 characters that IAM takes. Use fewer or shorter `managed_names`, less of what is `given`, or a `created_roles_boundary` of your own."
    }
  }
}
