# Made by `cargo xtask gen` for OpenTofu, of `control_plane.tftest.hcl`.

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
  system_nodes             = { instance_types = ["m7i.large", "m6i.large"], min = 2, max = 4, ami = "al2023" }
}

# Defects: a public endpoint, the creator as admin, API_AND_CONFIG_MAP, three of five log types for seven days.
run "defaults" {
  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "The endpoint is private by default."
  }

  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API" && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "Access entries only, and none for the creator."
  }

  assert {
    condition     = aws_eks_cluster.this.enabled_cluster_log_types == toset(["api", "audit", "authenticator", "controllerManager", "scheduler"])
    error_message = "All five log types are on."
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_log_group.this.name == "/aws/eks/acme-dev/cluster",
      aws_cloudwatch_log_group.this.retention_in_days == 365,
      aws_cloudwatch_log_group.this.kms_key_id == aws_kms_key.this[0].arn,
    ])
    error_message = "Logs go to a group of our own, encrypted, kept for a year."
  }

  assert {
    condition     = aws_eks_cluster.this.encryption_config[0].resources == toset(["secrets"]) && aws_eks_cluster.this.encryption_config[0].provider[0].key_arn == aws_kms_key.this[0].arn && aws_kms_key.this[0].enable_key_rotation
    error_message = "Secrets are wrapped by a key that rotates."
  }

  assert {
    condition     = !aws_eks_cluster.this.bootstrap_self_managed_addons && aws_eks_cluster.this.upgrade_policy[0].support_type == "STANDARD"
    error_message = "No self-managed add-ons, and no paying for old versions unless asked for."
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].subnet_ids == toset(["subnet-c1", "subnet-c2"])
    error_message = "The control plane's interfaces are in the subnets given for them."
  }

  assert {
    condition     = length(aws_eks_access_entry.admin) == 0
    error_message = "Nobody is admin who was not named."
  }
}

run "karpenter_finds_one_security_group" {
  assert {
    condition     = aws_ec2_tag.karpenter_discovery.resource_id == "sg-cluster" && aws_ec2_tag.karpenter_discovery.key == "karpenter.sh/discovery" && aws_ec2_tag.karpenter_discovery.value == "acme-dev"
    error_message = "The cluster security group carries the tag, and this module makes no other group."
  }
}

run "allow_list" {
  command = plan

  variables {
    endpoint_public_from = ["203.0.113.0/24", "198.51.100.7/32"]
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access && aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.0/24", "198.51.100.7/32"])
    error_message = "Only the listed blocks reach the endpoint."
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access
    error_message = "Nodes stay on the private endpoint."
  }
}

run "admins" {
  variables {
    admins = { platform-admin = "arn:aws-cn:iam::123456789012:role/platform-admin" }
  }

  assert {
    condition     = aws_eks_access_entry.admin["platform-admin"].principal_arn == "arn:aws-cn:iam::123456789012:role/platform-admin" && aws_eks_access_entry.admin["platform-admin"].type == "STANDARD"
    error_message = "A named admin has an access entry."
  }

  assert {
    condition     = aws_eks_access_policy_association.admin["platform-admin"].policy_arn == "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy" && aws_eks_access_policy_association.admin["platform-admin"].access_scope[0].type == "cluster"
    error_message = "With the cluster admin policy, in the partition at hand."
  }
}

run "key_serves_one_log_group" {
  command = plan

  assert {
    condition = anytrue([
      for condition in data.aws_iam_policy_document.key.statement[1].condition :
      condition.variable == "kms:EncryptionContext:aws:logs:arn" && condition.values == tolist(["arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/eks/acme-dev/cluster"])
    ])
    error_message = "CloudWatch Logs uses the key for the cluster's group only."
  }

  assert {
    condition     = data.aws_iam_policy_document.key.statement[1].principals == toset([{ type = "Service", identifiers = toset(["logs.cn-north-1.amazonaws.com.cn"]) }])
    error_message = "The service's name has the region and suffix at hand."
  }
}

run "subnets_of_another_vpc" {
  command = plan

  variables {
    vpc_id = "vpc-2"
  }

  expect_failures = [aws_eks_cluster.this]
}

run "zone_added_later" {
  variables {
    subnet_ids               = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2", cnn1-az3 = "subnet-n3" }
    control_plane_subnet_ids = { cnn1-az1 = "subnet-c1", cnn1-az2 = "subnet-c2", cnn1-az3 = "subnet-c3" }
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].subnet_ids == toset(["subnet-c1", "subnet-c2"])
    error_message = "The control plane stays in its zones: EKS would refuse the change."
  }

  assert {
    condition     = aws_eks_node_group.system.subnet_ids == toset(["subnet-n1", "subnet-n2", "subnet-n3"])
    error_message = "Nodes come to the added zone."
  }
}
