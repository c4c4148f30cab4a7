# Made by `cargo xtask gen` for OpenTofu, of `nodes.tftest.hcl`.

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

# Defect: the group that carries Karpenter and CoreDNS is SPOT.
run "group" {
  assert {
    condition     = aws_eks_node_group.system.capacity_type == "ON_DEMAND" && aws_eks_node_group.system.ami_type == "AL2023_x86_64_STANDARD"
    error_message = "On-demand, on the AMI that was asked for."
  }

  assert {
    condition     = aws_eks_node_group.system.scaling_config[0].desired_size == 2 && aws_eks_node_group.system.scaling_config[0].min_size == 2 && aws_eks_node_group.system.scaling_config[0].max_size == 4
    error_message = "`min` nodes run and `max` bounds them."
  }

  assert {
    condition     = aws_eks_node_group.system.labels == tomap({ "class.truefoundry.com/component" = "critical" }) && length(aws_eks_node_group.system.taint) == 0
    error_message = "Nodes carry the label that the platform's pods select, and no taint."
  }

  assert {
    condition     = aws_eks_node_group.system.node_repair_config[0].enabled && length(aws_eks_node_group.system.remote_access) == 0
    error_message = "Broken nodes are replaced, and nobody signs in by SSH."
  }

  assert {
    condition     = aws_eks_node_group.system.subnet_ids == toset(["subnet-n1", "subnet-n2"]) && aws_eks_node_group.system.version == "1.33"
    error_message = "Nodes stand in the given subnets and follow the cluster's version."
  }
}

run "launch_template" {
  assert {
    condition = alltrue([
      aws_launch_template.system.metadata_options[0].http_tokens == "required",
      aws_launch_template.system.metadata_options[0].http_put_response_hop_limit == 1,
      aws_launch_template.system.metadata_options[0].http_endpoint == "enabled",
    ])
    error_message = "IMDSv2 only, out of reach of pods."
  }

  assert {
    condition     = aws_launch_template.system.network_interfaces[0].associate_public_ip_address == "false" && aws_launch_template.system.network_interfaces[0].security_groups == toset(["sg-cluster"])
    error_message = "No public address, and the cluster security group alone."
  }

  assert {
    condition     = [for volume in aws_launch_template.system.block_device_mappings : [volume.device_name, volume.ebs[0].volume_type, volume.ebs[0].encrypted, volume.ebs[0].volume_size]] == [["/dev/xvda", "gp3", "true", 50]]
    error_message = "One encrypted gp3 volume of the size asked for."
  }

  assert {
    condition     = { for spec in aws_launch_template.system.tag_specifications : spec.resource_type => spec.tags["owner"] } == { instance = "ml-platform", network-interface = "ml-platform", volume = "ml-platform" }
    error_message = "What EC2 starts carries the provider's default tags."
  }

  assert {
    condition     = length(aws_launch_template.system.instance_market_options) == 0
    error_message = "No market options: on-demand."
  }
}

run "bottlerocket_on_graviton" {
  command = plan

  variables {
    system_nodes = { instance_types = ["m7g.large", "c6gn.large", "t4g.large"], min = 2, max = 4, ami = "bottlerocket", disk_gib = 80 }
  }

  override_data {
    target = data.aws_ec2_instance_type.system
    values = { supported_architectures = ["arm64"] }
  }

  assert {
    condition     = aws_eks_node_group.system.ami_type == "BOTTLEROCKET_ARM_64"
    error_message = "Graviton types take the arm64 image."
  }

  assert {
    condition     = { for volume in aws_launch_template.system.block_device_mappings : volume.device_name => volume.ebs[0].encrypted } == { "/dev/xvda" = "true", "/dev/xvdb" = "true" }
    error_message = "Both volumes of Bottlerocket are encrypted."
  }
}

run "gpu_types_are_not_graviton" {
  command = plan

  variables {
    system_nodes = { instance_types = ["g5.xlarge", "m7i-flex.large"], min = 2, max = 4, ami = "bottlerocket" }
  }

  assert {
    condition     = aws_eks_node_group.system.ami_type == "BOTTLEROCKET_x86_64"
    error_message = "The `g` of g5 is its family, not Graviton."
  }
}

# Defect: the architecture is read from the name, and Grace has no `g` behind its generation.
run "what_a_type_is_ec2_tells" {
  command = plan

  variables {
    system_nodes = { instance_types = ["p6e-gb200.36xlarge"], min = 2, max = 4, ami = "al2023", ami_release_version = "newest", force_update_version = true, timeouts = { update = "4h" } }
  }

  override_data {
    target = data.aws_ec2_instance_type.system
    values = { supported_architectures = ["arm64"] }
  }

  assert {
    condition     = aws_eks_node_group.system.ami_type == "AL2023_ARM_64_STANDARD"
    error_message = "Arm by what EC2 says."
  }

  assert {
    condition     = data.aws_ssm_parameter.release[0].name == "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/arm64/standard/recommended/release_version" && aws_eks_node_group.system.release_version == "1.33.7-20260129"
    error_message = "The newest release is the one that AWS recommends."
  }

  assert {
    condition     = aws_eks_node_group.system.force_update_version && aws_eks_node_group.system.timeouts.update == "4h"
    error_message = "A rollout goes on, and may take long."
  }
}

run "fips" {
  command = plan

  variables {
    system_nodes = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "bottlerocket", fips = true, ami_release_version = "newest" }
  }

  assert {
    condition     = aws_eks_node_group.system.ami_type == "BOTTLEROCKET_x86_64_FIPS" && data.aws_ssm_parameter.release[0].name == "/aws/service/bottlerocket/aws-k8s-1.33-fips/x86_64/latest/image_version"
    error_message = "Validated cryptography is in an image of its own."
  }
}

# Defect: what is kept for the critical pool is placed on the system nodes, which Karpenter and CoreDNS fill.
run "without_the_platform_s_pods" {
  command = plan

  variables {
    system_nodes = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "al2023", critical = false, labels = { team = "ml" } }
  }

  assert {
    condition     = aws_eks_node_group.system.labels == tomap({ team = "ml" })
    error_message = "Where Karpenter has a pool for the platform's own pods, the system nodes do not carry their label."
  }
}

# Defect: the CNI policy on the node role, so every pod of the node could change the network.
run "node_role" {
  command = plan

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.node)) == toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"])
    error_message = "A node may join and pull images, no more."
  }
}

# IAM takes ten of one role, of which the module attaches two.
run "more_policies_than_a_role_takes" {
  command = plan

  variables {
    node_policy_arns = { for number in range(9) : "policy-${number}" => "arn:aws-cn:iam::123456789012:policy/policy-${number}" }
  }

  expect_failures = [aws_iam_role.node]
}
