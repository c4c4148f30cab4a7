# What a role needs for the backend. A plan takes the lock too, and the lock is an object beside the state.

locals {
  policy_statements = {
    find = {
      Sid      = "FindStates"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = local.bucket_arn
    }
    read = {
      Sid      = "ReadStates"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = "${local.bucket_arn}/*"
    }
    lock = {
      Sid      = "TakeAndReleaseLocks"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject", "s3:PutObject"]
      Resource = "${local.bucket_arn}/*.tflock"
    }
    write = {
      Sid      = "WriteStates"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = "${local.bucket_arn}/*.tfstate"
    }
    key = {
      Sid       = "UseTheKeyThroughS3"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = local.key_arn
      Condition = { StringEquals = { "kms:ViaService" = "s3.${local.region}.${data.aws_partition.current.dns_suffix}" } }
    }
  }

  policies = {
    for name, statements in {
      plan  = ["find", "read", "lock", "key"]
      apply = ["find", "read", "lock", "write", "key"]
    } :
    name => jsonencode({ Version = "2012-10-17", Statement = [for statement in statements : local.policy_statements[statement]] })
  }
}
