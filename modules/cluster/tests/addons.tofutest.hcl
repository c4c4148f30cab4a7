# Made by `cargo xtask gen` for OpenTofu, of `addons.tftest.hcl`.

mock_provider "aws" {
  # A partition, region and suffix that no literal would guess.

  mock_data "aws_partition" {
    defaults = {
      partition          = "aws-cn"
      dns_suffix         = "amazonaws.com.cn"
      reverse_dns_prefix = "cn.com.amazonaws"
    }
  }

  mock_data "aws_region" {
    defaults = {
      id = "cn-north-1"
    }
  }

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_data "aws_service_principal" {
    defaults = {
      name = "service.amazonaws.com"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{}"
      minified_json = "{}"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:role/mocked"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn    = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      key_id = "00000000-0000-0000-0000-000000000000"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws-cn:logs:cn-north-1:123456789012:log-group:mocked"
    }
  }

  mock_data "aws_eks_addon_version" {
    defaults = {
      version = "v1.0.0-eksbuild.1"
    }
  }

  mock_data "aws_default_tags" {
    defaults = {
      tags = { owner = "ml-platform" }
    }
  }

  mock_resource "aws_eks_cluster" {
    defaults = {
      arn                   = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
      endpoint              = "https://mocked.eks.cn-north-1.amazonaws.com.cn"
      identity              = [{ oidc = [{ issuer = "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/MOCKED" }] }]
      certificate_authority = [{ data = "bW9ja2Vk" }]
      vpc_config = {
        cluster_security_group_id = "sg-cluster"
        vpc_id                    = "vpc-1"
      }
    }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/MOCKED"
    }
  }

  mock_resource "aws_launch_template" {
    defaults = {
      id             = "lt-00000000000000000"
      latest_version = 1
    }
  }

  mock_data "aws_ec2_instance_type" {
    defaults = {
      supported_architectures  = ["x86_64"]
      supported_usages_classes = ["on-demand", "spot"]
      efa_supported            = false
      efa_maximum_interfaces   = null
      maximum_network_cards    = 1
      network_cards            = [{ index = 0, maximum_interfaces = 4, peak_bandwidth = 12.5, baseline_bandwidth = 3, performance = "Up to 12.5 Gigabit" }]
    }
  }

  mock_data "aws_ssm_parameter" {
    defaults = {
      insecure_value = "1.33.7-20260129"
    }
  }
}

variables {
  name                     = "acme-dev"
  kubernetes_version       = "1.33"
  vpc_id                   = "vpc-1"
  subnet_ids               = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2" }
  control_plane_subnet_ids = { cnn1-az1 = "subnet-c1", cnn1-az2 = "subnet-c2" }
  system_nodes             = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "al2023" }
}

run "pod_identity" {
  assert {
    condition     = toset(keys(aws_eks_addon.before_nodes)) == toset(["eks-pod-identity-agent", "kube-proxy", "vpc-cni"])
    error_message = "What a node needs to become ready is there before the nodes."
  }

  assert {
    condition     = toset(keys(aws_eks_addon.after_nodes)) == toset(["aws-ebs-csi-driver", "coredns", "eks-node-monitoring-agent"])
    error_message = "What needs nodes comes after them."
  }

  assert {
    condition     = [for identity in aws_eks_addon.before_nodes["vpc-cni"].pod_identity_association : [identity.service_account, identity.role_arn]] == [["aws-node", aws_iam_role.addon["vpc-cni"].arn]]
    error_message = "vpc-cni has its own role."
  }

  assert {
    condition     = [for identity in aws_eks_addon.after_nodes["aws-ebs-csi-driver"].pod_identity_association : identity.service_account] == ["ebs-csi-controller-sa"]
    error_message = "The EBS driver's controller has its own role."
  }

  assert {
    condition     = length(aws_eks_addon.after_nodes["coredns"].pod_identity_association) == 0 && length(aws_eks_addon.before_nodes["kube-proxy"].pod_identity_association) == 0
    error_message = "Add-ons that never call AWS have no role."
  }

  assert {
    condition = { for name, attachment in aws_iam_role_policy_attachment.addon : name => attachment.policy_arn } == {
      aws-ebs-csi-driver = "arn:aws-cn:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
      vpc-cni            = "arn:aws-cn:iam::aws:policy/AmazonEKS_CNI_Policy"
    }
    error_message = "Each role has the one policy of its add-on."
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.pod_identity_trust["vpc-cni"].statement[0].condition : condition.variable => one(condition.values) } == {
      "aws:RequestTag/eks-cluster-arn"            = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
      "aws:RequestTag/kubernetes-namespace"       = "kube-system"
      "aws:RequestTag/kubernetes-service-account" = "aws-node"
    }
    error_message = "The role is for one service account of one cluster."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values) == { enableNetworkPolicy = "true" }
    error_message = "Network policies are enforced; without pod subnets nothing else is changed."
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.this) == 0 && output.oidc_provider_arn == null
    error_message = "Pod identity needs no OIDC provider."
  }
}

run "irsa" {
  variables {
    identity = "irsa"
  }

  assert {
    condition     = aws_iam_openid_connect_provider.this[0].url == "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/MOCKED" && aws_iam_openid_connect_provider.this[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "The cluster's issuer is trusted for tokens to STS."
  }

  assert {
    condition = jsondecode(aws_iam_role.addon["aws-ebs-csi-driver"].assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "oidc.eks.cn-north-1.amazonaws.com.cn/id/MOCKED:aud" = "sts.amazonaws.com"
        "oidc.eks.cn-north-1.amazonaws.com.cn/id/MOCKED:sub" = "system:serviceaccount:kube-system:ebs-csi-controller-sa"
      }
    }
    error_message = "`aud` and `sub` are both exact."
  }

  assert {
    condition     = aws_eks_addon.before_nodes["vpc-cni"].service_account_role_arn == aws_iam_role.addon["vpc-cni"].arn && length(aws_eks_addon.before_nodes["vpc-cni"].pod_identity_association) == 0
    error_message = "vpc-cni takes its role by annotation."
  }

  assert {
    condition     = !contains(keys(aws_eks_addon.before_nodes), "eks-pod-identity-agent")
    error_message = "No agent for what is not used."
  }
}

run "custom_networking" {
  variables {
    pod_subnets = {
      cnn1-az1 = { subnet_id = "subnet-p1", zone_name = "cn-north-1a" }
      cnn1-az2 = { subnet_id = "subnet-p2", zone_name = "cn-north-1b" }
    }
  }

  assert {
    condition = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).eniConfig == {
      create = true
      region = "cn-north-1"
      subnets = {
        cn-north-1a = { id = "subnet-p1", securityGroups = ["sg-cluster"] }
        cn-north-1b = { id = "subnet-p2", securityGroups = ["sg-cluster"] }
      }
    }
    error_message = "One ENIConfig per zone, named like the zone, with the cluster security group."
  }

  assert {
    condition = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).env == {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENABLE_PREFIX_DELEGATION           = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
      WARM_PREFIX_TARGET                 = "1"
    }
    error_message = "The CNI is told to look for them."
  }
}

run "versions" {
  command = plan

  variables {
    addon_versions = { coredns = "v1.12.4-eksbuild.1" }
  }

  assert {
    condition     = aws_eks_addon.after_nodes["coredns"].addon_version == "v1.12.4-eksbuild.1" && aws_eks_addon.before_nodes["vpc-cni"].addon_version == "v1.0.0-eksbuild.1"
    error_message = "A pinned add-on keeps its version, the others take the default of the Kubernetes version."
  }

  assert {
    condition     = alltrue([for version in data.aws_eks_addon_version.default : version.kubernetes_version == "1.33" && version.most_recent != true])
    error_message = "Versions are known at plan, from the variable."
  }
}

run "boundary" {
  command = plan

  variables {
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/boundary"
  }

  assert {
    condition = alltrue([
      for role in concat([aws_iam_role.cluster, aws_iam_role.node], values(aws_iam_role.addon)) :
      role.permissions_boundary == "arn:aws-cn:iam::123456789012:policy/boundary"
    ])
    error_message = "The boundary is on every role."
  }
}
