# What an apply changes of what keeps data: databases, repositories, file systems. Buckets and keys are in write_storage.tf.

locals {
  rds      = flatten([for name in sort(local.names) : [for end in ["db:${name}", "db:${name}-*", "pg:${name}-*", "subgrp:${name}-*"] : "${local.here.rds}:${end}"]])
  rds_kept = flatten([for name in sort(local.names) : ["${local.here.rds}:snapshot:${name}-*", "${local.here.rds}:snapshot:rds:${name}-*"]])

  repositories = flatten([for name in sort(local.names) : [for end in ["-*", "/*"] : "${local.here.ecr}:repository/${name}${end}"]])

  data_statements = { for set, of in local.sets : set => [
    {
      Parts  = ["data"]
      Sid    = "MakeDatabasesAndRepositories"
      Effect = "Allow"
      Action = [
        "ecr:CreateRepository",
        "ecr:TagResource",
        "rds:AddTagsToResource",
        "rds:CreateDBInstance",
        "rds:CreateDBParameterGroup",
        "rds:CreateDBSubnetGroup",
        "rds:RestoreDBInstanceFromDBSnapshot",
        "rds:RestoreDBInstanceToPointInTime",
      ]
      Resource  = concat(local.rds, local.repositories)
      Condition = { StringEquals = local.made[set], StringEqualsIfExists = local.own[set] }
    },
    # Groups of options that AWS makes; and what is given.
    {
      Parts  = ["data"]
      Sid    = "MakeThemFrom"
      Effect = "Allow"
      Action = [
        "rds:CreateDBInstance",
        "rds:ModifyDBInstance",
        "rds:RestoreDBInstanceFromDBSnapshot",
        "rds:RestoreDBInstanceToPointInTime",
      ]
      Resource = concat(["${local.here.rds}:og:default*", "${local.here.rds}:pg:default*"], sort(var.given.snapshot_arns))
    },
    # A snapshot is restored from as RDS names it, or as it was named when its database went. The names of a neighbour's may
    # begin as ours; its tags are on its snapshots as well.
    {
      Parts  = ["data"]
      Sid    = "KeepWhatTheyHeld"
      Effect = "Allow"
      Action = [
        "rds:AddTagsToResource",
        "rds:CreateDBSnapshot",
        "rds:RestoreDBInstanceFromDBSnapshot",
      ]
      Resource  = local.rds_kept
      Condition = { StringEqualsIfExists = merge(local.made[set], local.own[set]) }
    },
    # Databases, repositories, file systems.
    {
      Parts  = ["data"]
      Sid    = "KeepWhatIsOwn"
      Effect = "Allow"
      Action = [
        "ecr:DeleteLifecyclePolicy",
        "ecr:DeleteRepository",
        "ecr:DeleteRepositoryPolicy",
        "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability",
        "ecr:PutLifecyclePolicy",
        "ecr:SetRepositoryPolicy",
        "ecr:TagResource",
        "ecr:UntagResource",
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
        "rds:AddTagsToResource",
        "rds:CreateDBInstance",
        "rds:CreateDBSnapshot",
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
      Resource  = ["${local.here.ecr}:repository/*", "${local.here.elasticfilesystem}:*", "${local.here.rds}:*"]
      Condition = { StringEquals = local.own[set] }
    },
    # A template is asked what it will do to repositories that are not there yet, whose names end in a `*`: no repository's does.
    {
      Parts     = ["data"]
      Sid       = "MakeTemplatesOfRepositories"
      Effect    = "Allow"
      Action    = ["ecr:CreateRepository", "ecr:PutLifecyclePolicy", "ecr:SetRepositoryPolicy"]
      Resource  = ["${local.here.ecr}:repository/*$${*}"]
      Condition = { Null = { "aws:ResourceTag/${local.platform_key}" = "true", "aws:RequestTag/${local.platform_key}" = "true" } }
    },
    # These know no resource.
    {
      Parts  = ["data"]
      Sid    = "MakeCachesAndScans"
      Effect = "Allow"
      Action = [
        "ecr:CreatePullThroughCacheRule",
        "ecr:CreateRepositoryCreationTemplate",
        "ecr:DeletePullThroughCacheRule",
        "ecr:DeleteRepositoryCreationTemplate",
        "ecr:PutRegistryScanningConfiguration",
        "ecr:UpdatePullThroughCacheRule",
        "ecr:UpdateRepositoryCreationTemplate",
        "inspector2:Enable",
        "inspector2:ListAccountPermissions",
      ]
      Resource = ["*"]
    },
    {
      Parts    = ["data"]
      Sid      = "MakeEncryptedFileSystems"
      Effect   = "Allow"
      Action   = ["elasticfilesystem:CreateFileSystem"]
      Resource = ["*"]
      Condition = {
        StringEquals = local.made[set]
        Bool         = { "elasticfilesystem:Encrypted" = "true" }
      }
    },
    {
      Parts     = ["data"]
      Sid       = "TagFileSystemsWhileMaking"
      Effect    = "Allow"
      Action    = ["elasticfilesystem:TagResource"]
      Resource  = ["${local.here.elasticfilesystem}:*"]
      Condition = { StringEquals = local.made[set], Null = { "elasticfilesystem:CreateAction" = "false" } }
    },
  ] }
}
