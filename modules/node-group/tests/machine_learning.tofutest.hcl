# Made by `cargo xtask gen` for OpenTofu, of `machine_learning.tftest.hcl`.

# Capacity blocks, architectures, adapters and images for training and inference.

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

  mock_data "aws_subnet" {
    defaults = {
      vpc_id = "vpc-1"
    }
  }

  mock_resource "aws_placement_group" {
    defaults = {
      arn = "arn:aws-cn:ec2:cn-north-1:123456789012:placement-group/mocked"
    }
  }

  mock_resource "aws_security_group" {
    defaults = {
      id  = "sg-efa"
      arn = "arn:aws-cn:ec2:cn-north-1:123456789012:security-group/sg-efa"
    }
  }
}

variables {
  name               = "train"
  cluster_name       = "acme-dev"
  kubernetes_version = "1.33"
  subnet_ids         = { cnn1-az1 = "subnet-n1" }
  security_group_ids = { cluster = "sg-cluster" }
  instance_types     = ["p4d.24xlarge"]
  accelerator        = "nvidia"
  size               = { min = 1, max = 3 }
}

run "a_capacity_block" {
  command = plan

  variables {
    instance_types          = ["p5.48xlarge"]
    capacity_type           = "CAPACITY_BLOCK"
    capacity_reservation_id = "cr-0123456789abcdef0"
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = { supported_usages_classes = ["capacity-block", "on-demand"] }
  }

  assert {
    condition     = aws_eks_node_group.this.capacity_type == "CAPACITY_BLOCK" && aws_launch_template.this.instance_market_options[0].market_type == "capacity-block"
    error_message = "A block is said in the group and in the template."
  }

  assert {
    condition     = aws_launch_template.this.instance_type == "p5.48xlarge" && aws_launch_template.this.capacity_reservation_specification[0].capacity_reservation_target[0].capacity_reservation_id == "cr-0123456789abcdef0"
    error_message = "The template names the block and its type."
  }

  assert {
    condition     = terraform_data.capacity_block.input == "cr-0123456789abcdef0/p5.48xlarge"
    error_message = "Another block brings another group."
  }
}

run "a_block_of_ultraservers" {
  command = plan

  variables {
    instance_types                 = ["p6e-gb200.36xlarge"]
    capacity_type                  = "CAPACITY_BLOCK"
    capacity_reservation_group_arn = "arn:aws-cn:resource-groups:cn-north-1:123456789012:group/blocks"
    efa                            = true
    efa_network_cards              = [13, 1, 5, 9]
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = {
      supported_architectures  = ["arm64"]
      supported_usages_classes = ["capacity-block"]
      efa_supported            = true
      efa_maximum_interfaces   = 8
      maximum_network_cards    = 17
      network_cards            = [for card in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] : { index = card, maximum_interfaces = 1, peak_bandwidth = card % 2 == 1 ? 400 : 100, baseline_bandwidth = 100, performance = "fast" }]
    }
  }

  assert {
    condition     = aws_eks_node_group.this.ami_type == "AL2023_ARM_64_NVIDIA"
    error_message = "Grace is Arm, whatever its name is."
  }

  assert {
    condition     = aws_launch_template.this.capacity_reservation_specification[0].capacity_reservation_target[0].capacity_reservation_resource_group_arn == "arn:aws-cn:resource-groups:cn-north-1:123456789012:group/blocks"
    error_message = "The blocks of the group are used."
  }

  assert {
    condition     = jsonencode([for interface in aws_launch_template.this.network_interfaces : [interface.network_card_index, interface.device_index, interface.interface_type]]) == jsonencode([[0, 0, null], [1, 0, "efa-only"], [5, 0, "efa-only"], [9, 0, "efa-only"], [13, 0, "efa-only"]])
    error_message = "The cards that were asked for have adapters, the first interface carries IP."
  }

  assert {
    condition     = length(aws_placement_group.this) == 0 && length(aws_launch_template.this.placement) == 0
    error_message = "A block takes no placement group."
  }
}

run "adapters" {
  command = apply

  variables {
    efa = true
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = {
      efa_supported          = true
      efa_maximum_interfaces = 4
      maximum_network_cards  = 4
      network_cards          = [for card in [0, 1, 2, 3] : { index = card, maximum_interfaces = 15, peak_bandwidth = 100, baseline_bandwidth = 100, performance = "fast" }]
    }
  }

  assert {
    condition     = jsonencode([for interface in aws_launch_template.this.network_interfaces : [interface.network_card_index, interface.device_index, interface.interface_type]]) == jsonencode([[0, 0, "efa"], [1, 1, "efa-only"], [2, 1, "efa-only"], [3, 1, "efa-only"]])
    error_message = "Each card has an adapter, and the first carries IP too."
  }

  assert {
    condition     = alltrue([for interface in aws_launch_template.this.network_interfaces : interface.security_groups == toset(["sg-cluster", "sg-efa"])])
    error_message = "All interfaces carry the group that lets adapters speak."
  }

  assert {
    condition = alltrue([
      aws_vpc_security_group_ingress_rule.efa[0].referenced_security_group_id == "sg-efa",
      aws_vpc_security_group_egress_rule.efa[0].referenced_security_group_id == "sg-efa",
      aws_vpc_security_group_ingress_rule.efa[0].ip_protocol == "-1",
      aws_vpc_security_group_egress_rule.efa[0].ip_protocol == "-1",
      aws_security_group.efa[0].vpc_id == "vpc-1",
    ])
    error_message = "In and out, all traffic, with who carries the same group."
  }

  assert {
    condition     = aws_placement_group.this[0].strategy == "cluster" && aws_launch_template.this.placement[0].group_name == "acme-dev-train-cluster"
    error_message = "Nodes with adapters stand close to each other."
  }
}

run "adapters_but_not_on_the_first_card" {
  command = plan

  variables {
    efa             = true
    placement_group = {}
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = {
      efa_supported          = true
      efa_maximum_interfaces = 2
      maximum_network_cards  = 3
      network_cards          = [for card in [0, 1, 2] : { index = card, maximum_interfaces = 4, peak_bandwidth = card == 0 ? 350 : 400, baseline_bandwidth = 350, performance = "fast" }]
    }
  }

  assert {
    condition     = jsonencode([for interface in aws_launch_template.this.network_interfaces : [interface.network_card_index, interface.device_index, interface.interface_type]]) == jsonencode([[0, 0, null], [1, 1, "efa-only"], [2, 1, "efa-only"]])
    error_message = "Where not all cards take an adapter, the slow one is for ordinary traffic."
  }

  assert {
    condition     = length(aws_launch_template.this.placement) == 0
    error_message = "No placement group where none is wanted."
  }
}

run "more_adapters_than_there_may_be" {
  command = plan

  variables {
    efa               = true
    efa_network_cards = [0, 1, 7]
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = {
      efa_supported          = true
      efa_maximum_interfaces = 4
      maximum_network_cards  = 4
      network_cards          = [for card in [0, 1, 2, 3] : { index = card, maximum_interfaces = 15, peak_bandwidth = 100, baseline_bandwidth = 100, performance = "fast" }]
    }
  }

  expect_failures = [aws_eks_node_group.this]
}

run "a_placement_group_of_its_own_strategy" {
  command = plan

  variables {
    placement_group = { strategy = "partition" }
  }

  assert {
    condition     = aws_placement_group.this[0].name == "acme-dev-train-partition" && aws_launch_template.this.placement[0].group_name == "acme-dev-train-partition"
    error_message = "The group is made and used."
  }
}

run "a_placement_group_that_exists" {
  command = plan

  variables {
    placement_group = { name = "near" }
  }

  assert {
    condition     = length(aws_placement_group.this) == 0 && aws_launch_template.this.placement[0].group_name == "near"
    error_message = "The given group is used."
  }
}

run "fips" {
  command = plan

  variables {
    ami         = "bottlerocket"
    accelerator = null
    fips        = true
  }

  assert {
    condition     = aws_eks_node_group.this.ami_type == "BOTTLEROCKET_x86_64_FIPS"
    error_message = "Validated cryptography is in an image of its own."
  }
}

run "fips_on_arm_follows_the_newest" {
  command = plan

  variables {
    ami                  = "bottlerocket"
    accelerator          = null
    fips                 = true
    ami_release_version  = "newest"
    force_update_version = true
    timeouts             = { update = "4h" }
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = { supported_architectures = ["arm64"] }
  }

  override_data {
    target = data.aws_ssm_parameter.release
    values = { insecure_value = "1.55.0-8f4a2c1e" }
  }

  assert {
    condition     = aws_eks_node_group.this.ami_type == "BOTTLEROCKET_ARM_64_FIPS" && aws_eks_node_group.this.release_version == "1.55.0-8f4a2c1e"
    error_message = "The release is the one that AWS tells."
  }

  assert {
    condition     = data.aws_ssm_parameter.release[0].name == "/aws/service/bottlerocket/aws-k8s-1.33-fips/arm64/latest/image_version"
    error_message = "It is asked for by version, variant and architecture."
  }

  assert {
    condition     = aws_eks_node_group.this.force_update_version && aws_eks_node_group.this.timeouts.update == "4h"
    error_message = "A rollout goes on, and may take long."
  }
}

run "the_newest_amazon_linux" {
  command = plan

  variables {
    ami_release_version = "newest"
  }

  assert {
    condition     = data.aws_ssm_parameter.release[0].name == "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/nvidia/recommended/release_version" && aws_eks_node_group.this.release_version == "1.33.7-20260129"
    error_message = "The release is the one that AWS recommends."
  }
}
