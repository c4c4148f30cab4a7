# The states of an S3 backend. All layers read each other's outputs; each writes its own.

locals {
  state_objects = { for set, of in local.sets : set => var.state == null ? [] : [for key in of.state_keys : "${local.state.bucket_arn}/${local.state.prefix}${key}"] }

  state_statements = { for set, of in local.sets : set => { for phase in ["plan", "apply"] : phase => concat(
    [
      # `env:/` is where Terraform looks for workspaces. Without a prefix it is asked whether an object that is read is missing.
      {
        Sid       = "FindStates"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [local.state.bucket_arn]
        Condition = { StringLikeIfExists = { "s3:prefix" = ["${local.state.prefix}*", "env:/"] } }
      },
      {
        Sid      = "ReadStates"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${local.state.bucket_arn}/${local.state.prefix}*"]
      },
      # A plan locks the state as well.
      {
        Sid      = "LockStates"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:PutObject"]
        Resource = [for object in local.state_objects[set] : "${object}.tflock"]
      },
      # The key is in the region of the bucket, which need not be that of the platform.
      {
        Sid       = "UseTheStatesKeyThroughS3"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [local.state.kms_key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "s3.${element(split(":", local.state.kms_key_arn), 3)}.${local.dns_suffix}" } }
      },
    ],
    [for objects in phase == "plan" ? [] : [local.state_objects[set]] : {
      Sid      = "WriteStates"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = objects
    }],
  ) } }
}
