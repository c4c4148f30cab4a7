mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name               = "gpu"
  cluster_name       = "acme-dev"
  kubernetes_version = "1.33"
  subnet_ids         = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2" }
  security_group_ids = { cluster = "sg-cluster" }
  instance_types     = ["m7i.large", "m6i.large"]
  size               = { min = 1, max = 3 }
}

run "defaults" {
  assert {
    condition     = aws_eks_node_group.this.capacity_type == "ON_DEMAND" && aws_eks_node_group.this.ami_type == "AL2023_x86_64_STANDARD"
    error_message = "On-demand nodes on AL2023, unless something else is asked for."
  }

  assert {
    condition     = aws_eks_node_group.this.scaling_config[0].desired_size == 1 && aws_eks_node_group.this.scaling_config[0].max_size == 3
    error_message = "`min` nodes run when `desired` is left out."
  }

  assert {
    condition     = aws_eks_node_group.this.node_repair_config[0].enabled && length(aws_eks_node_group.this.remote_access) == 0
    error_message = "Broken nodes are replaced, and nobody signs in by SSH."
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.node)) == toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy"])
    error_message = "A node may join and pull images, no more."
  }

  assert {
    condition     = alltrue([for attachment in aws_iam_role_policy_attachment.node : startswith(attachment.policy_arn, "arn:aws-cn:iam::aws:policy/")])
    error_message = "Managed policies are of the partition at hand."
  }

  assert {
    condition = alltrue([
      aws_launch_template.this.metadata_options[0].http_tokens == "required",
      aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1,
      aws_launch_template.this.network_interfaces[0].associate_public_ip_address == "false",
      aws_launch_template.this.network_interfaces[0].security_groups == toset(["sg-cluster"]),
    ])
    error_message = "IMDSv2 out of reach of pods, no public address, the given security group."
  }

  assert {
    condition     = [for volume in aws_launch_template.this.block_device_mappings : [volume.device_name, volume.ebs[0].volume_type, volume.ebs[0].encrypted, volume.ebs[0].volume_size]] == [["/dev/xvda", "gp3", "true", 100]]
    error_message = "One encrypted gp3 volume."
  }

  assert {
    condition     = { for spec in aws_launch_template.this.tag_specifications : spec.resource_type => spec.tags["owner"] } == { instance = "ml-platform", network-interface = "ml-platform", volume = "ml-platform" }
    error_message = "What EC2 starts carries the provider's default tags."
  }
}

run "gpu" {
  command = plan

  variables {
    instance_types          = ["p5.48xlarge"]
    subnet_ids              = { cnn1-az1 = "subnet-n1" }
    accelerator             = "nvidia"
    capacity_reservation_id = "cr-0123456789abcdef0"
    disk                    = { gib = 500, iops = 6000, throughput = 500, kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/1" }
    labels                  = { "nvidia.com/gpu.present" = "true", "node.kubernetes.io/purpose" = "training" }
    taints                  = { "nvidia.com/gpu" = { value = "true", effect = "NO_SCHEDULE" } }
    max_unavailable         = { percentage = 33 }
    user_data               = "MIME-Version: 1.0"
    repair                  = false
  }

  assert {
    condition     = aws_eks_node_group.this.ami_type == "AL2023_x86_64_NVIDIA"
    error_message = "The image has the NVIDIA driver."
  }

  assert {
    condition     = one(aws_eks_node_group.this.taint).key == "nvidia.com/gpu" && one(aws_eks_node_group.this.taint).effect == "NO_SCHEDULE"
    error_message = "Only pods that ask for GPUs come here."
  }

  assert {
    condition     = aws_launch_template.this.capacity_reservation_specification[0].capacity_reservation_target[0].capacity_reservation_id == "cr-0123456789abcdef0"
    error_message = "The reservation is used."
  }

  assert {
    condition     = one(aws_launch_template.this.block_device_mappings).ebs[0].throughput == 500 && one(aws_launch_template.this.block_device_mappings).ebs[0].kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/1"
    error_message = "The volume is as fast and encrypted as asked."
  }

  assert {
    condition     = aws_eks_node_group.this.update_config[0].max_unavailable_percentage == 33 && aws_eks_node_group.this.update_config[0].max_unavailable == null
    error_message = "A rollout takes a third of the nodes at once."
  }

  assert {
    condition     = aws_launch_template.this.user_data == base64encode("MIME-Version: 1.0") && !aws_eks_node_group.this.node_repair_config[0].enabled
    error_message = "User data and repair are as asked."
  }
}

run "images" {
  command = plan

  variables {
    ami            = "bottlerocket"
    accelerator    = "nvidia"
    instance_types = ["g5g.xlarge"]
    capacity_type  = "SPOT"
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = { supported_architectures = ["arm64"] }
  }

  assert {
    condition     = aws_eks_node_group.this.ami_type == "BOTTLEROCKET_ARM_64_NVIDIA" && aws_eks_node_group.this.capacity_type == "SPOT"
    error_message = "Graviton with NVIDIA on Bottlerocket, on spot."
  }

  assert {
    condition     = { for volume in aws_launch_template.this.block_device_mappings : volume.device_name => volume.ebs[0].encrypted } == { "/dev/xvda" = "true", "/dev/xvdb" = "true" }
    error_message = "Both volumes of Bottlerocket are encrypted."
  }
}

run "neuron_on_graviton" {
  command = plan

  variables {
    accelerator    = "neuron"
    instance_types = ["m7g.large"]
  }

  override_data {
    target = data.aws_ec2_instance_type.this
    values = { supported_architectures = ["arm64"] }
  }

  expect_failures = [aws_eks_node_group.this]
}

run "given_role" {
  command = plan

  variables {
    node_role = { arn = "arn:aws-cn:iam::123456789012:role/nodes" }
  }

  assert {
    condition     = aws_eks_node_group.this.node_role_arn == "arn:aws-cn:iam::123456789012:role/nodes" && length(aws_iam_role.node) == 0 && length(aws_iam_role_policy_attachment.node) == 0
    error_message = "A given role is used as it is."
  }
}

run "boundary_and_policies" {
  command = plan

  variables {
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/boundary"
    node_policy_arns     = { ssm = "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore" }
  }

  assert {
    condition     = aws_iam_role.node[0].permissions_boundary == "arn:aws-cn:iam::123456789012:policy/boundary" && contains(keys(aws_iam_role_policy_attachment.node), "ssm")
    error_message = "The boundary and the added policy are on the role."
  }
}

run "what_was_not_asked_for_is_not_there" {
  command = plan

  assert {
    condition = alltrue([
      aws_launch_template.this.instance_type == null,
      length(aws_launch_template.this.placement) == 0,
      length(aws_launch_template.this.instance_market_options) == 0,
      length(aws_launch_template.this.capacity_reservation_specification) == 0,
      length(aws_launch_template.this.network_interfaces) == 1,
      aws_launch_template.this.network_interfaces[0].interface_type == null,
      aws_launch_template.this.network_interfaces[0].network_card_index == null,
      length(aws_placement_group.this) == 0,
      length(aws_security_group.efa) == 0,
      terraform_data.capacity_block.input == null,
      length(data.aws_ssm_parameter.release) == 0,
      aws_eks_node_group.this.force_update_version == null,
      aws_eks_node_group.this.timeouts == null,
    ])
    error_message = "A group as it was before is as it was before."
  }
}
