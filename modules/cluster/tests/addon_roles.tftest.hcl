# What add-ons may do, with the provider itself, which makes policy documents without a call to AWS. Only who is asking,
# what instances are and which versions EKS has are made up.

provider "aws" {
  region                      = "cn-north-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_data {
  target = data.aws_eks_addon_version.default
  values = { version = "v1.0.0-eksbuild.1" }
}

override_data {
  target = data.aws_ec2_instance_type.system
  values = { supported_architectures = ["x86_64"] }
}

variables {
  name                     = "acme-dev"
  kubernetes_version       = "1.35"
  vpc_id                   = "vpc-1"
  subnet_ids               = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2" }
  control_plane_subnet_ids = { cnn1-az1 = "subnet-c1", cnn1-az2 = "subnet-c2" }
  system_nodes             = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "al2023" }
  extra_addons             = ["aws-efs-csi-driver", "metrics-server"]

  addons = {
    amazon-cloudwatch-observability = {}
    aws-ebs-csi-driver              = { kms_key_arns = { volumes = "arn:aws-cn:kms:cn-north-1:123456789012:key/1" } }
    aws-efs-csi-driver              = { kms_key_arns = { files = "arn:aws-cn:kms:cn-north-1:123456789012:key/2" } }
    aws-fsx-csi-driver              = {}
    aws-mountpoint-s3-csi-driver = {
      kms_key_arns = { models = "arn:aws-cn:kms:cn-north-1:123456789012:key/3" }
      buckets = {
        models      = { arn = "arn:aws-cn:s3:::acme-models" }
        run-outputs = { arn = "arn:aws-cn:s3:::acme-runs", prefix = "dev", read_only = false }
      }
    }
    cert-manager = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } }
    external-dns = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } }
  }
}

run "roles" {
  command = plan

  assert {
    condition = toset(keys(aws_eks_addon.after_nodes)) == toset([
      "amazon-cloudwatch-observability", "aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-fsx-csi-driver", "aws-mountpoint-s3-csi-driver",
      "cert-manager", "coredns", "eks-node-monitoring-agent", "external-dns", "metrics-server",
    ])
    error_message = "The defaults, the extra ones and those that are named."
  }

  assert {
    condition = { for name, role in local.addon_roles : name => "${role.namespace}/${role.service_account}" } == {
      amazon-cloudwatch-observability = "amazon-cloudwatch/cloudwatch-agent"
      aws-ebs-csi-driver              = "kube-system/ebs-csi-controller-sa"
      aws-efs-csi-driver              = "kube-system/efs-csi-controller-sa"
      aws-fsx-csi-driver              = "kube-system/fsx-csi-controller-sa"
      aws-mountpoint-s3-csi-driver    = "kube-system/s3-csi-driver-sa"
      cert-manager                    = "cert-manager/cert-manager"
      external-dns                    = "external-dns/external-dns"
      vpc-cni                         = "kube-system/aws-node"
    }
    error_message = "Whatever calls AWS has a role of its own."
  }

  assert {
    condition = alltrue([
      for name, role in local.addon_roles : one([
        for statement in jsondecode(data.aws_iam_policy_document.pod_identity_trust[name].json).Statement : jsonencode(statement.Condition.StringEquals)
        ]) == jsonencode({
        "aws:RequestTag/eks-cluster-arn"            = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
        "aws:RequestTag/kubernetes-namespace"       = role.namespace
        "aws:RequestTag/kubernetes-service-account" = role.service_account
      })
    ])
    error_message = "Each role is for one service account of this cluster."
  }

  assert {
    condition     = { for name, role in aws_iam_role.addon : name => length(role.name_prefix) <= 38 } == { for name in keys(local.addon_roles) : name => true }
    error_message = "IAM takes prefixes of at most 38 characters."
  }

  assert {
    condition     = join(" ", keys(aws_eks_pod_identity_association.addon)) == "cert-manager" && aws_eks_pod_identity_association.addon["cert-manager"].namespace == "cert-manager"
    error_message = "EKS associates the accounts of its add-ons, and cert-manager's is ours to associate."
  }

  assert {
    condition = { for name, attachment in aws_iam_role_policy_attachment.addon : name => split(":policy/", attachment.policy_arn)[1] } == {
      amazon-cloudwatch-observability = "CloudWatchAgentServerPolicy"
      aws-ebs-csi-driver              = "service-role/AmazonEBSCSIDriverPolicy"
      aws-efs-csi-driver              = "service-role/AmazonEFSCSIDriverPolicy"
      vpc-cni                         = "AmazonEKS_CNI_Policy"
    }
    error_message = "AWS's policies where they are narrow enough."
  }
}

run "policies" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for policy in values(aws_iam_role_policy.addon) : [for statement in jsondecode(policy.policy).Statement :
        can(regex("^[A-Za-z0-9]+$", statement.Sid)) && alltrue([for action in flatten([statement.Action]) : !strcontains(action, "*")])
      ]
    ]))
    error_message = "Statements say what they are for and name their actions."
  }

  assert {
    condition = toset(flatten([
      for policy in values(aws_iam_role_policy.addon) : [for statement in jsondecode(policy.policy).Statement : statement.Sid if contains(flatten([statement.Resource]), "*")]
    ])) == toset(["FindFileSystems", "FindZones", "FindZonesByName"])
    error_message = "Only what AWS cannot scope is allowed on everything."
  }

  assert {
    condition = {
      for name in ["aws-ebs-csi-driver", "aws-efs-csi-driver"] : name => {
        for statement in jsondecode(aws_iam_role_policy.addon["${name}/keys"].policy).Statement : statement.Sid => jsonencode([statement.Resource, statement.Condition])
      }
      } == {
      aws-ebs-csi-driver = {
        GrantTheKeysToTheService    = jsonencode(["arn:aws-cn:kms:cn-north-1:123456789012:key/1", { Bool = { "kms:GrantIsForAWSResource" = "true" } }])
        UseTheKeysThroughTheService = jsonencode(["arn:aws-cn:kms:cn-north-1:123456789012:key/1", { StringEquals = { "kms:ViaService" = "ec2.cn-north-1.amazonaws.com.cn" } }])
      }
      aws-efs-csi-driver = {
        GrantTheKeysToTheService    = jsonencode(["arn:aws-cn:kms:cn-north-1:123456789012:key/2", { Bool = { "kms:GrantIsForAWSResource" = "true" } }])
        UseTheKeysThroughTheService = jsonencode(["arn:aws-cn:kms:cn-north-1:123456789012:key/2", { StringEquals = { "kms:ViaService" = "elasticfilesystem.cn-north-1.amazonaws.com.cn" } }])
      }
    }
    error_message = "A key is used through its service, and granted to nobody but AWS's services."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.addon["aws-ebs-csi-driver/keys"].policy).Statement : contains(flatten([statement.Action]), "kms:CreateGrant") == (statement.Sid == "GrantTheKeysToTheService")
    ])
    error_message = "Grants are made under their condition only."
  }

  assert {
    condition = join(" ", sort(flatten([
      for statement in jsondecode(aws_iam_role_policy.addon["aws-mountpoint-s3-csi-driver/keys"].policy).Statement : statement.Action
    ]))) == "kms:Decrypt kms:GenerateDataKey"
    error_message = "Objects need no grants."
  }

  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.addon["aws-mountpoint-s3-csi-driver/buckets"].policy).Statement : statement.Sid => join(" ", sort(flatten([statement.Action, statement.Resource]))) } == {
      KeepRunOutputs = "arn:aws-cn:s3:::acme-runs/dev/* s3:AbortMultipartUpload s3:DeleteObject s3:GetObject s3:PutObject"
      ListModels     = "arn:aws-cn:s3:::acme-models s3:ListBucket"
      ListRunOutputs = "arn:aws-cn:s3:::acme-runs s3:ListBucket"
      ReadModels     = "arn:aws-cn:s3:::acme-models/* s3:GetObject"
    }
    error_message = "Buckets are read, and written where that is said."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.addon["cert-manager/challenges"].policy).Statement : jsonencode(statement.Condition) if contains(flatten([statement.Action]), "route53:ChangeResourceRecordSets")
      ]) == jsonencode({
      "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = "TXT" }
      "ForAllValues:StringLike"   = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = "_acme-challenge.*" }
      Null                        = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = "false" }
    })
    error_message = "cert-manager sets TXT records of challenges."
  }

  assert {
    condition = toset(flatten([
      for name in ["cert-manager/challenges", "external-dns/records"] : [
        for statement in jsondecode(aws_iam_role_policy.addon[name].policy).Statement : statement.Resource if strcontains(jsonencode(statement.Action), "RecordSets")
      ]
    ])) == toset(["arn:aws-cn:route53:::hostedzone/Z0123456789ABCDEFGHIJ"])
    error_message = "Records are kept in the listed zone."
  }

  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.addon["aws-fsx-csi-driver/file-systems"].policy).Statement : statement.Sid => join(" ", sort(flatten([statement.Action, statement.Resource]))) } == {
      FindFileSystems         = "* fsx:DescribeFileSystems"
      KeepFileSystems         = "arn:aws-cn:fsx:cn-north-1:123456789012:file-system/* fsx:CreateFileSystem fsx:DeleteFileSystem fsx:TagResource fsx:UpdateFileSystem"
      MakeTheRoleOfTheService = "arn:aws-cn:iam::123456789012:role/aws-service-role/fsx.amazonaws.com/* iam:CreateServiceLinkedRole"
    }
    error_message = "File systems of this account and region, and nothing else of FSx."
  }
}

run "left_out" {
  command = plan

  variables {
    extra_addons = ["cert-manager"]
    addons = {
      aws-ebs-csi-driver           = { enabled = false, kms_key_arns = { volumes = "arn:aws-cn:kms:cn-north-1:123456789012:key/1" } }
      aws-mountpoint-s3-csi-driver = {}
      coredns                      = { version = "v1.12.4-eksbuild.1", configuration = "{\"replicaCount\":3}" }
      eks-node-monitoring-agent    = { enabled = false }
      kube-proxy                   = { enabled = false }
    }
  }

  assert {
    condition     = toset(keys(aws_eks_addon.before_nodes)) == toset(["eks-pod-identity-agent", "vpc-cni"]) && toset(keys(aws_eks_addon.after_nodes)) == toset(["aws-mountpoint-s3-csi-driver", "cert-manager", "coredns"])
    error_message = "What is left out is not there, whether it comes before the nodes or after."
  }

  assert {
    condition     = join(" ", keys(aws_iam_role.addon)) == "vpc-cni" && length(aws_iam_role_policy.addon) + length(aws_eks_pod_identity_association.addon) == 0
    error_message = "No role for what is not there, and none that could do nothing."
  }

  assert {
    condition     = aws_eks_addon.after_nodes["coredns"].addon_version == "v1.12.4-eksbuild.1" && jsondecode(aws_eks_addon.after_nodes["coredns"].configuration_values).replicaCount == 3
    error_message = "Version and settings reach the add-on."
  }
}

run "policies_that_are_long_together" {
  command = plan

  variables {
    addons = {
      amazon-cloudwatch-observability = {}
      aws-mountpoint-s3-csi-driver = {
        kms_key_arns = { for number in range(74) : "key-${number}" => "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-0000000000${format("%02d", number)}" }
        buckets      = { for number in range(19) : "bucket-${number}" => { arn = "arn:aws-cn:s3:::acme-models-and-data-${number}", prefix = "models/${number}", read_only = true } }
      }
    }
  }

  expect_failures = [aws_iam_role_policy.addon]
}
