# Made by `cargo xtask gen` for OpenTofu, of `options.tftest.hcl`.

# What is off unless asked for.

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

run "off_by_default" {
  command = plan

  assert {
    condition     = length(aws_eks_cluster.this.compute_config) + length(aws_eks_cluster.this.storage_config) + length(aws_eks_cluster.this.zonal_shift_config) == 0 && length(aws_iam_role.auto) == 0
    error_message = "No Auto Mode, and no role for it."
  }

  assert {
    condition     = length(aws_eks_access_entry.other) + length(aws_vpc_security_group_ingress_rule.api) == 0 && data.aws_iam_policy_document.cluster_trust.statement[0].actions == toset(["sts:AssumeRole"])
    error_message = "No entries, no rules, no wider trust."
  }
}

run "auto_mode" {
  variables {
    auto_mode            = {}
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_eks_cluster.this.compute_config[0].enabled && aws_eks_cluster.this.compute_config[0].node_role_arn == aws_iam_role.auto[0].arn && aws_eks_cluster.this.compute_config[0].node_pools == toset(["general-purpose", "system"])
    error_message = "EKS runs its two pools, with a role of their own."
  }

  assert {
    condition     = aws_eks_cluster.this.storage_config[0].block_storage[0].enabled && aws_eks_cluster.this.kubernetes_network_config[0].elastic_load_balancing[0].enabled
    error_message = "Volumes and load balancers are EKS's too: the three go together."
  }

  assert {
    condition     = data.aws_iam_policy_document.cluster_trust.statement[0].actions == toset(["sts:AssumeRole", "sts:TagSession"]) && length(aws_iam_role_policy_attachment.cluster_auto) == 4
    error_message = "The cluster's role may do what Auto Mode does."
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.auto)) == toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy"]) && aws_iam_role.auto[0].permissions_boundary == "arn:aws-cn:iam::123456789012:policy/boundary"
    error_message = "Its nodes may join and pull images."
  }
}

run "auto_mode_with_own_pools" {
  variables {
    auto_mode            = { node_pools = [] }
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_eks_cluster.this.compute_config[0].enabled && length(aws_iam_role.auto) == 0 && aws_eks_cluster.this.compute_config[0].node_role_arn == null
    error_message = "EKS runs no pools of its own and gets no role for them."
  }

  assert {
    condition     = aws_eks_access_entry.auto_own[0].type == "EC2" && aws_eks_access_entry.auto_own[0].principal_arn == aws_iam_role.auto_own[0].arn
    error_message = "The role of other pools is entered as that of Auto Mode's nodes."
  }

  assert {
    condition     = aws_eks_access_policy_association.auto_own[0].policy_arn == "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy" && aws_eks_access_policy_association.auto_own[0].access_scope[0].type == "cluster"
    error_message = "EKS enters no role that it was not given: the nodes' policy is ours to associate."
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.auto_own)) == toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy"]) && aws_iam_role.auto_own[0].permissions_boundary == "arn:aws-cn:iam::123456789012:policy/boundary"
    error_message = "Its nodes may join and pull images."
  }

  assert {
    condition     = output.auto_node_role_arn == aws_iam_role.auto_own[0].arn && output.auto_node_role_name == aws_iam_role.auto_own[0].name
    error_message = "Node classes are told the role."
  }
}

run "auto_mode_with_both" {
  command = plan

  variables {
    auto_mode                   = { own_pools = true }
    pull_through_cache_prefixes = ["quay"]
  }

  assert {
    condition     = length(aws_iam_role.auto) == 1 && length(aws_iam_role.auto_own) == 1 && length(aws_eks_access_entry.auto_own) == 1
    error_message = "Two roles, of which EKS enters one."
  }

  assert {
    condition = { for name, policy in aws_iam_role_policy.pull_through_cache : name => jsondecode(policy.policy).Statement[0].Resource } == {
      auto     = ["arn:aws-cn:ecr:cn-north-1:123456789012:repository/quay/*"]
      auto-own = ["arn:aws-cn:ecr:cn-north-1:123456789012:repository/quay/*"]
      node     = ["arn:aws-cn:ecr:cn-north-1:123456789012:repository/quay/*"]
    }
    error_message = "Whatever node is the first to pull may fetch the image."
  }
}

run "auto_mode_off_again" {
  command = plan

  variables {
    auto_mode = { enabled = false }
  }

  assert {
    condition     = !aws_eks_cluster.this.compute_config[0].enabled && !aws_eks_cluster.this.storage_config[0].block_storage[0].enabled && !aws_eks_cluster.this.kubernetes_network_config[0].elastic_load_balancing[0].enabled
    error_message = "Off is said in all three places."
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.cluster_auto) == 0 && length(aws_iam_role.auto) == 1 && aws_eks_cluster.this.compute_config[0].node_pools == toset(["general-purpose", "system"]) && data.aws_iam_policy_document.cluster_trust.statement[0].actions == toset(["sts:AssumeRole", "sts:TagSession"])
    error_message = "The rights go, and the role of nodes stays: without it the cluster would be made anew."
  }
}

run "addons" {
  variables {
    extra_addons = ["aws-efs-csi-driver", "snapshot-controller"]
    addon_configuration = {
      aws-ebs-csi-driver = "{\"controller\":{\"replicaCount\":3,\"extraVolumeTags\":{\"team\":\"data\"}}}"
      coredns            = "{\"replicaCount\":3}"
      vpc-cni            = "{\"env\":{\"WARM_IP_TARGET\":\"4\"}}"
    }
  }

  assert {
    condition     = contains(keys(aws_eks_addon.after_nodes), "snapshot-controller") && [for identity in aws_eks_addon.after_nodes["aws-efs-csi-driver"].pod_identity_association : identity.service_account] == ["efs-csi-controller-sa"]
    error_message = "The EFS driver has its own role, like the EBS driver."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.addon["aws-efs-csi-driver"].policy_arn == "arn:aws-cn:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy"
    error_message = "With the policy of its kind."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.after_nodes["coredns"].configuration_values).replicaCount == 3
    error_message = "Settings reach the add-on."
  }

  assert {
    condition = jsondecode(aws_eks_addon.after_nodes["aws-ebs-csi-driver"].configuration_values) == {
      controller = { replicaCount = 3, extraVolumeTags = { "ebs.csi.aws.com/cluster-name" = "acme-dev", team = "data" } }
    }
    error_message = "Volumes carry the cluster's name, whatever else the driver is told."
  }

  assert {
    condition     = aws_eks_addon.before_nodes["vpc-cni"].configuration_values == jsonencode({ enableNetworkPolicy = "true", env = { WARM_IP_TARGET = "4" } })
    error_message = "Settings of vpc-cni go over ours and leave the others."
  }
}

run "access" {
  variables {
    access_entries = {
      developers = { principal_arn = "arn:aws-cn:iam::123456789012:role/developers", policies = { AmazonEKSEditPolicy = ["search"], AmazonEKSViewPolicy = [] } }
      ci         = { principal_arn = "arn:aws-cn:iam::123456789012:role/ci", kubernetes_groups = ["deployers"] }
      windows    = { principal_arn = "arn:aws-cn:iam::123456789012:role/windows", type = "EC2_WINDOWS" }
    }
    log_types             = ["api", "audit"]
    endpoint_private_from = { vpn = "10.8.0.0/16", runners = "sg-runners" }
    security_group_ids    = { inspection = "sg-inspection" }
    zonal_shift           = true
    node_policy_arns      = { ssm = "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore" }
    service_ipv4_cidr     = "172.20.0.0/16"
    force_version_upgrade = true
  }

  assert {
    condition     = aws_eks_access_policy_association.other["developers/AmazonEKSEditPolicy"].access_scope[0].type == "namespace" && aws_eks_access_policy_association.other["developers/AmazonEKSEditPolicy"].access_scope[0].namespaces == toset(["search"])
    error_message = "A policy for namespaces holds there only."
  }

  assert {
    condition     = aws_eks_access_policy_association.other["developers/AmazonEKSViewPolicy"].access_scope[0].type == "cluster" && aws_eks_access_entry.other["ci"].kubernetes_groups == toset(["deployers"])
    error_message = "Without namespaces it is the cluster; groups are for RBAC."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.api["vpn"].cidr_ipv4 == "10.8.0.0/16" && aws_vpc_security_group_ingress_rule.api["runners"].referenced_security_group_id == "sg-runners" && aws_vpc_security_group_ingress_rule.api["vpn"].from_port == 443
    error_message = "VPN and runners reach the API, and nothing else."
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].security_group_ids == toset(["sg-inspection"]) && aws_eks_cluster.this.zonal_shift_config[0].enabled && aws_eks_cluster.this.kubernetes_network_config[0].service_ipv4_cidr == "172.20.0.0/16" && aws_eks_cluster.this.force_update_version
    error_message = "The control plane is as asked."
  }

  assert {
    condition     = aws_eks_cluster.this.enabled_cluster_log_types == toset(["api", "audit"]) && aws_eks_access_entry.other["windows"].type == "EC2_WINDOWS"
    error_message = "Two logs are on, and nodes of others are admitted."
  }

  assert {
    condition     = contains(keys(aws_iam_role_policy_attachment.node), "ssm")
    error_message = "The added policy is on the nodes' role."
  }
}

run "refusals" {
  command = plan

  variables {
    extra_addons          = ["aws-mountpoint-s3-csi-driver"]
    addon_configuration   = { coredns = "replicaCount: 3" }
    auto_mode             = { node_pools = ["gpu"] }
    service_ipv4_cidr     = "8.8.0.0/16"
    endpoint_private_from = { all = "0.0.0.0/0" }
    security_group_ids    = { a = "sg-1", b = "sg-2", c = "sg-3", d = "sg-4", e = "sg-5" }
    access_entries        = { root = { principal_arn = "arn:aws:iam::123456789012:root" } }
    node_policy_arns      = { cni = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" }
    log_types             = ["kubelet"]
  }

  expect_failures = [
    var.log_types, var.extra_addons, var.addon_configuration, var.auto_mode, var.service_ipv4_cidr, var.endpoint_private_from,
    var.security_group_ids, var.access_entries, var.node_policy_arns,
  ]
}

run "users_as_nodes" {
  command = plan

  variables {
    access_entries = { hybrid = { principal_arn = "arn:aws:iam::123456789012:user/a", type = "HYBRID_LINUX" } }
  }

  expect_failures = [var.access_entries]
}

run "second_way_to_admin" {
  command = plan

  variables {
    access_entries = { root = { principal_arn = "arn:aws:iam::123456789012:role/a", policies = { AmazonEKSClusterAdminPolicy = [] } } }
  }

  expect_failures = [var.access_entries]
}

run "principal_twice" {
  command = plan

  variables {
    admins         = { a = "arn:aws:iam::123456789012:role/a" }
    access_entries = { a = { principal_arn = "arn:aws:iam::123456789012:role/a" } }
  }

  expect_failures = [var.access_entries]
}

run "policies_of_nodes" {
  command = plan

  variables {
    access_entries      = { nodes = { principal_arn = "arn:aws:iam::123456789012:role/a", type = "EC2_LINUX", policies = { AmazonEKSViewPolicy = [] } } }
    addon_configuration = { efs = "{}" }
  }

  expect_failures = [var.access_entries, var.addon_configuration]
}

run "ipv6_with_pod_subnets" {
  command = plan

  variables {
    ip_family   = "ipv6"
    pod_subnets = { cnn1-az1 = { subnet_id = "subnet-p1", zone_name = "a" }, cnn1-az2 = { subnet_id = "subnet-p2", zone_name = "b" } }
  }

  expect_failures = [var.ip_family]
}

run "no_such_family" {
  command = plan

  variables {
    ip_family = "dual"
  }

  expect_failures = [var.ip_family]
}
