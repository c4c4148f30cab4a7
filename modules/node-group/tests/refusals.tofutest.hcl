# Made by `cargo xtask gen` for OpenTofu, of `refusals.tftest.hcl`.

# Bad values, one for each variable at a time, and the variables that must refuse theirs.

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
  name               = "gpu"
  cluster_name       = "acme-dev"
  kubernetes_version = "1.33"
  subnet_ids         = { cnn1-az1 = "subnet-n1" }
  security_group_ids = { cluster = "sg-cluster" }
  instance_types     = ["m7i.large"]
  size               = { min = 1, max = 3 }
}

run "bad_values_1" {
  command = plan

  variables {
    name                 = "a-name-that-is-far-too-long-for-it"
    cluster_name         = "acme dev"
    kubernetes_version   = "1.33.5"
    security_group_ids   = {}
    node_policy_arns     = { cni = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" }
    instance_types       = []
    size                 = { min = 3, max = 2 }
    accelerator          = "tpu"
    disk                 = { gib = 8 }
    labels               = { "eks.amazonaws.com/nodegroup" = "mine" }
    taints               = { gpu = { effect = "NoSchedule" } }
    max_unavailable      = { number = 1, percentage = 33 }
    permissions_boundary = "arn:aws:iam::123456789012:role/boundary"
  }

  expect_failures = [
    var.name,
    var.cluster_name,
    var.kubernetes_version,
    var.security_group_ids,
    var.node_policy_arns,
    var.instance_types,
    var.size,
    var.accelerator,
    var.disk,
    var.labels,
    var.taints,
    var.max_unavailable,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    subnet_ids      = {}
    node_role       = { arn = "nodes" }
    size            = { min = 1, max = 3, desired = 4 }
    disk            = { iops = 100 }
    labels          = { "topology.kubernetes.io/zone" = "a" }
    max_unavailable = { number = 0 }
  }

  expect_failures = [
    var.subnet_ids,
    var.node_role,
    var.size,
    var.disk,
    var.labels,
    var.max_unavailable,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    ami                            = "ubuntu"
    disk                           = { throughput = 5000 }
    ami_release_version            = "latest"
    timeouts                       = { update = "four hours" }
    capacity_reservation_group_arn = "blocks"
    efa_network_cards              = [0]
    placement_group                = { strategy = "near" }
  }

  expect_failures = [
    var.ami,
    var.disk,
    var.ami_release_version,
    var.timeouts,
    var.capacity_reservation_group_arn,
    var.efa_network_cards,
    var.placement_group,
  ]
}

run "a_reservation_that_is_no_id" {
  command = plan

  variables {
    capacity_reservation_id = "reservation"
  }

  expect_failures = [var.capacity_reservation_id]
}

run "a_capacity_that_is_none" {
  command = plan

  variables {
    capacity_type = "RESERVED"
  }

  expect_failures = [var.capacity_type]
}

run "a_block_without_its_id" {
  command = plan

  variables {
    capacity_type = "CAPACITY_BLOCK"
  }

  expect_failures = [var.capacity_reservation_id]
}

run "a_block_of_two_types" {
  command = plan

  variables {
    capacity_type           = "CAPACITY_BLOCK"
    capacity_reservation_id = "cr-0123456789abcdef0"
    instance_types          = ["p5.48xlarge", "p5e.48xlarge"]
  }

  expect_failures = [var.capacity_type]
}

run "a_block_in_a_placement_group" {
  command = plan

  variables {
    capacity_type           = "CAPACITY_BLOCK"
    capacity_reservation_id = "cr-0123456789abcdef0"
    placement_group         = { strategy = "cluster" }
  }

  expect_failures = [var.placement_group]
}

run "a_block_of_what_ec2_has_no_blocks_of" {
  command = plan

  variables {
    capacity_type           = "CAPACITY_BLOCK"
    capacity_reservation_id = "cr-0123456789abcdef0"
  }

  expect_failures = [aws_eks_node_group.this]
}

run "a_reservation_on_spot" {
  command = plan

  variables {
    capacity_type                  = "SPOT"
    capacity_reservation_group_arn = "arn:aws-cn:resource-groups:cn-north-1:123456789012:group/blocks"
  }

  expect_failures = [var.capacity_reservation_group_arn]
}

run "a_reservation_of_one_zone_for_two" {
  command = plan

  variables {
    subnet_ids              = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2" }
    capacity_reservation_id = "cr-0123456789abcdef0"
  }

  expect_failures = [var.capacity_reservation_id]
}

run "a_reservation_and_a_group_of_them" {
  command = plan

  variables {
    capacity_reservation_id        = "cr-0123456789abcdef0"
    capacity_reservation_group_arn = "arn:aws-cn:resource-groups:cn-north-1:123456789012:group/blocks"
  }

  expect_failures = [var.capacity_reservation_id]
}

run "adapters_in_two_zones_of_two_types" {
  command = plan

  variables {
    efa            = true
    instance_types = ["p4d.24xlarge", "p4de.24xlarge"]
    subnet_ids     = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2" }
  }

  expect_failures = [var.efa]
}

run "adapters_where_there_are_none" {
  command = plan

  variables {
    efa = true
  }

  expect_failures = [aws_eks_node_group.this]
}

run "adapters_with_five_groups" {
  command = plan

  variables {
    efa                = true
    security_group_ids = { a = "sg-a", b = "sg-b", c = "sg-c", d = "sg-d", e = "sg-e" }
  }

  expect_failures = [var.efa]
}

run "a_placement_group_made_and_given_across_zones" {
  command = plan

  variables {
    subnet_ids      = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2" }
    placement_group = { strategy = "cluster", name = "near" }
  }

  expect_failures = [var.placement_group]
}

run "fips_on_amazon_linux" {
  command = plan

  variables {
    fips = true
  }

  expect_failures = [var.fips]
}

run "neuron_on_bottlerocket" {
  command = plan

  variables {
    ami         = "bottlerocket"
    accelerator = "neuron"
  }

  expect_failures = [var.accelerator]
}

run "policies_for_a_given_role" {
  command = plan

  variables {
    node_role        = { arn = "arn:aws:iam::123456789012:role/nodes" }
    node_policy_arns = { ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }
  }

  expect_failures = [var.node_policy_arns]
}

# IAM takes ten of one role, of which the module attaches two.
run "more_policies_than_a_role_takes" {
  command = plan

  variables {
    node_policy_arns = { for number in range(9) : "policy-${number}" => "arn:aws-cn:iam::123456789012:policy/policy-${number}" }
  }

  expect_failures = [aws_iam_role.node]
}
