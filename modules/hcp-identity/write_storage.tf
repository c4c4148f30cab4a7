# What several layers make: keys, log groups, buckets; and what databases, logs and clusters take beside.

locals {
  log_groups = flatten([for name in sort(local.names) : [
    for end in ["/aws/*/${name}/*", "/aws/*/${name}-*", "aws-waf-logs-${name}", "aws-waf-logs-${name}:*", "aws-waf-logs-${name}-*"] : "${local.here.logs}:log-group:${end}"
  ]])

  aliases = [for name in concat(local.starts, sort(var.bucket_names)) : "alias/${name}"]

  # `vpc-flow-logs` writes by its role; all others decrypt in the name of whoever asks.
  through = [for service in ["ec2", "ecr", "elasticfilesystem", "rds", "s3", "secretsmanager"] : "${service}.${local.region}.${local.dns_suffix}"]

  # The tag by which RDS says whose password a secret is. One that is being made has none.
  rds_owner = { "aws:ResourceTag/aws:rds:primaryDBInstanceArn" = [for name in local.starts : "${local.here.rds}:db:${name}"] }

  key_statements = { for set, of in local.sets : set => [
    # A key that is made has no ARN yet. Its policy comes with it.
    {
      Parts     = ["network", "cluster", "data", "ingress"]
      Sid       = "MakeKeys"
      Effect    = "Allow"
      Action    = ["kms:CreateKey"]
      Resource  = ["*"]
      Condition = { StringEquals = local.made[set] }
    },
    # KMS asks for these while it makes one, and names no key. One that is there is none of these: guard.tf.
    {
      Parts    = ["network", "cluster", "data", "ingress"]
      Sid      = "TagNewKeys"
      Effect   = "Allow"
      Action   = ["kms:PutKeyPolicy", "kms:TagResource"]
      Resource = ["*"]
      Condition = {
        StringEquals         = merge(local.made[set], { "aws:RequestedRegion" = local.region })
        StringEqualsIfExists = local.own[set]
      }
    },
    # Keys and log groups.
    {
      Parts  = ["network", "cluster", "data", "ingress"]
      Sid    = "KeepWhatIsOwn"
      Effect = "Allow"
      Action = [
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:EnableKeyRotation",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
        "logs:AssociateKmsKey",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ]
      Resource  = ["${local.here.kms}:key/*", "${local.here.logs}:log-group:*"]
      Condition = { StringEquals = local.own[set] }
    },
    # The key that an alias leads to is asked for its tags as well.
    {
      Parts    = ["network", "cluster", "data", "ingress"]
      Sid      = "NameKeys"
      Effect   = "Allow"
      Action   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
      Resource = [for alias in local.aliases : "${local.here.kms}:${alias}"]
    },
    # To databases, clusters, volumes and the like: never to a person or a role.
    {
      Parts     = ["cluster", "data"]
      Sid       = "GrantKeysToServices"
      Effect    = "Allow"
      Action    = ["kms:CreateGrant"]
      Resource  = ["${local.here.kms}:key/*"]
      Condition = { StringEquals = local.ours, Bool = { "kms:GrantIsForAWSResource" = "true" } }
    },
    {
      Parts    = ["cluster", "data"]
      Sid      = "UseKeysThroughServices"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"]
      Resource = ["${local.here.kms}:key/*"]
      Condition = {
        StringEquals = merge(local.ours, { "kms:ViaService" = local.through })
      }
    },
    {
      Parts     = length(var.given.kms_key_arns) == 0 ? [] : ["cluster", "data"]
      Sid       = "GrantGivenKeysToServices"
      Effect    = "Allow"
      Action    = ["kms:CreateGrant"]
      Resource  = sort(var.given.kms_key_arns)
      Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
    },
    {
      Parts     = length(var.given.kms_key_arns) == 0 ? [] : ["cluster", "data"]
      Sid       = "UseGivenKeysThroughServices"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"]
      Resource  = sort(var.given.kms_key_arns)
      Condition = { StringEquals = { "kms:ViaService" = local.through } }
    },
    {
      Parts     = ["network", "cluster", "data", "ingress"]
      Sid       = "MakeLogGroups"
      Effect    = "Allow"
      Action    = ["logs:CreateLogGroup", "logs:TagResource"]
      Resource  = local.log_groups
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
    # The secret in which RDS keeps the master password. Its value cannot be read with this, nor can it be made to look like ours,
    # nor can that of a neighbour's database get tags.
    {
      Parts     = ["data"]
      Sid       = "LetRdsKeepMasterPasswords"
      Effect    = "Allow"
      Action    = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"]
      Resource  = ["${local.here.secretsmanager}:secret:rds!db-*"]
      Condition = { Null = { "aws:RequestTag/${local.platform_key}" = "true" }, StringLikeIfExists = local.rds_owner }
    },
    # The name of a provider is the issuer's, which EKS makes up.
    {
      Parts     = ["cluster"]
      Sid       = "TrustOurClusters"
      Effect    = "Allow"
      Action    = ["iam:CreateOpenIDConnectProvider", "iam:TagOpenIDConnectProvider"]
      Resource  = [local.issuers_arn]
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
    {
      Parts     = ["cluster"]
      Sid       = "KeepTrustInOurClusters"
      Effect    = "Allow"
      Action    = ["iam:DeleteOpenIDConnectProvider", "iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider"]
      Resource  = [local.issuers_arn]
      Condition = { StringEquals = local.own[set] }
    },
  ] }

  # S3 tells buckets by their names alone, see `bucket_starts`. Who writes a bucket's policy can open the bucket to itself;
  # so this is said openly. `force_destroy` needs it.
  storage_statements = { for set, of in local.sets : set => [
    {
      Parts  = ["network", "data", "ingress"]
      Sid    = "MakeAndEmptyBuckets"
      Effect = "Allow"
      Action = [
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
        "s3:ListBucketVersions",
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
        "s3:PutObject",
      ]
      # A `*` at the end is for what is in the bucket too.
      Resource = flatten([for name in local.buckets[set] : endswith(name, "*") ? ["arn:${local.partition}:s3:::${name}"] : [for end in ["", "/*"] : "arn:${local.partition}:s3:::${name}${end}"]])
    },
    # For these there is no room beside clusters.
    {
      Parts     = ["identity"]
      Sid       = "MakeQueuesAndRules"
      Effect    = "Allow"
      Action    = ["events:PutRule", "events:TagResource", "sqs:CreateQueue", "sqs:TagQueue"]
      Resource  = local.tell
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
  ] }
}
