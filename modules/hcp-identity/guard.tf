# What no apply role can do, whatever else it is given: reach the roles and policies that Terraform itself runs with, take
# a boundary away, and put a tag by which AWS tells whose something is onto what is another's, or off what is ours.

locals {
  # Made by this module, for this platform or another one of the account; and what is attached to them.
  out_of_reach = distinct(concat(
    [for kind in ["policy", "role"] : "${local.iam}:${kind}/${var.name}-terraform-*"],
    [for kind in ["policy", "role"] : "${local.iam}:${kind}/terraform/*"],
    [local.boundary_arn],
    var.permissions_boundary == null ? [] : [var.permissions_boundary],
    sort([for arn in values(var.apply_policy_arns) : arn if !strcontains(arn, ":iam::aws:")]),
  ))

  tagging = [
    "acm:AddTagsToCertificate",
    "ec2:CreateTags",
    "ecr:TagResource",
    "eks:TagResource",
    "elasticfilesystem:TagResource",
    "elasticloadbalancing:AddTags",
    "events:TagResource",
    "iam:TagInstanceProfile",
    "iam:TagOpenIDConnectProvider",
    "iam:TagPolicy",
    "iam:TagRole",
    "kms:TagResource",
    "logs:TagResource",
    "rds:AddTagsToResource",
    "sqs:TagQueue",
    "wafv2:TagResource",
  ]

  guard_statements = { for set, of in local.sets : set => concat(
    [
      {
        Sid    = "NeverChangeWhatTerraformRunsWith"
        Effect = "Deny"
        Action = [
          "iam:AttachRolePolicy",
          "iam:CreatePolicy",
          "iam:CreatePolicyVersion",
          "iam:CreateRole",
          "iam:DeletePolicy",
          "iam:DeletePolicyVersion",
          "iam:DeleteRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:PassRole",
          "iam:PutRolePermissionsBoundary",
          "iam:PutRolePolicy",
          "iam:SetDefaultPolicyVersion",
          "iam:TagPolicy",
          "iam:TagRole",
          "iam:UntagPolicy",
          "iam:UntagRole",
          "iam:UpdateAssumeRolePolicy",
          "iam:UpdateRole",
          "iam:UpdateRoleDescription",
        ]
        Resource = local.out_of_reach
      },
      # What it makes is for others: it acts as none of it.
      {
        Sid      = "NeverBeAnotherRole"
        Effect   = "Deny"
        Action   = ["sts:AssumeRole"]
        Resource = ["*"]
      },
      {
        Sid      = "NeverTakeABoundaryAway"
        Effect   = "Deny"
        Action   = ["iam:DeleteRolePermissionsBoundary"]
        Resource = ["${local.iam}:role/*"]
      },
      # The names of a neighbour's roles may begin as ours. Where IAM knows a role's tags while it is handed on, they say whose it is; it does not promise to.
      {
        Sid       = "NeverHandOnARoleOfAnotherPlatform"
        Effect    = "Deny"
        Action    = ["iam:PassRole"]
        Resource  = ["${local.iam}:role/*"]
        Condition = { StringNotEquals = local.ours, Null = { for key, values in local.ours : key => "false" } }
      },
      # What ACM and KMS make has no ID yet while they ask whether it may be tagged; what is there has one.
      {
        Sid       = "NeverTagWhatIsThereAndAnothers"
        Effect    = "Deny"
        Action    = ["acm:AddTagsToCertificate", "kms:TagResource"]
        Resource  = ["${local.here.acm}:certificate/????????-*", "${local.here.kms}:key/????????-*", "${local.here.kms}:key/mrk-*"]
        Condition = { Null = { "aws:ResourceTag/${local.platform_key}" = "true" } }
      },
      # IAM takes keys that differ in case alone for the same.
      {
        Sid    = "NeverTakeTheOwnersTagsOff"
        Effect = "Deny"
        Action = [
          "acm:RemoveTagsFromCertificate",
          "ec2:DeleteTags",
          "ecr:UntagResource",
          "eks:UntagResource",
          "elasticfilesystem:UntagResource",
          "elasticloadbalancing:RemoveTags",
          "events:UntagResource",
          "iam:UntagInstanceProfile",
          "iam:UntagOpenIDConnectProvider",
          "iam:UntagPolicy",
          "iam:UntagRole",
          "kms:UntagResource",
          "logs:UntagResource",
          "rds:RemoveTagsFromResource",
          "sqs:UntagQueue",
          "wafv2:UntagResource",
        ]
        Resource  = ["*"]
        Condition = { "ForAnyValue:StringEqualsIgnoreCase" = { "aws:TagKeys" = compact([local.platform_key, of.layer == null ? "" : local.layer_key]) } }
      },
    ],
    [for key, values in local.made[set] : {
      Sid       = "NeverGiveItsTag${title(element(split("/", key), 1) == local.layer_key ? "OfLayers" : "OfPlatforms")}"
      Effect    = "Deny"
      Action    = local.tagging
      Resource  = ["*"]
      Condition = { StringNotEquals = { (key) = values }, Null = { (key) = "false" } }
    }],
    # Its objects are those of states.tf alone: a bucket of states that begins with our name is none of the platform's.
    [for state in compact([local.state_bucket]) : {
      Sid    = "NeverChangeTheBucketOfStates"
      Effect = "Deny"
      Action = [
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:DeleteObjectVersion",
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
      Resource = [var.state.bucket_arn, "${var.state.bucket_arn}/*"]
    }],
    [for key in var.state == null ? [] : [var.state.kms_key_arn] : {
      Sid      = "NeverChangeTheKeyOfStates"
      Effect   = "Deny"
      Action   = ["kms:CreateAlias", "kms:CreateGrant", "kms:DeleteAlias", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias"]
      Resource = [key]
    }],
  ) }
}
