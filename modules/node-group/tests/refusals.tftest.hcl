# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
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
