mock_provider "helm" {}
mock_provider "kubernetes" {}

variables {
  cluster = { name = "acme-dev", region = "us-east-1", vpc_id = "vpc-0123456789abcdef0", version = "1.35" }

  node_class = {
    role = "acme-dev-nodes"
    tags = { owner = "ml-platform", "kubernetes.io/cluster/acme-dev" = "owned", "karpenter.sh/nodepool" = "x" }
  }

  node_pools = {
    default-spot = {
      weight           = 50
      capacity_types   = ["spot"]
      categories       = ["m", "c", "r"]
      generation_above = 4
      cpus_from        = 4
      limits           = { cpu = "1000" }
    }
  }
}

run "a_pool_with_the_defaults" {
  command = plan

  assert {
    condition = yamldecode(helm_release.node_pools[0].values[0]).nodePools == {
      default-spot = {
        weight                 = 50
        nodeClass              = "default"
        capacityTypes          = ["spot"]
        architectures          = ["amd64"]
        categories             = ["m", "c", "r"]
        generationAbove        = 4
        cpusFrom               = 4
        limits                 = { cpu = "1000" }
        labels                 = {}
        taints                 = []
        startupTaints          = [{ key = "ebs.csi.aws.com/agent-not-ready", effect = "NoExecute" }]
        expireAfter            = "720h"
        terminationGracePeriod = "20m"
        disruption = {
          consolidateAfter    = "5m"
          consolidationPolicy = "WhenEmptyOrUnderutilized"
          budgets             = [{ nodes = "10%" }, { nodes = "1", reasons = ["Drifted"] }]
        }
      }
    }
    error_message = "The pool is not what it says."
  }

  assert {
    condition = yamldecode(helm_release.node_pools[0].values[0]).nodeClass == {
      role            = "acme-dev-nodes"
      instanceProfile = ""
      ami             = "al2023@v20260728"
      kmsKeyId        = ""
      volume          = { sizeGib = 100 }
      tags            = { owner = "ml-platform" }
    }
    error_message = "The node class has the role, and no tag that Karpenter sets itself."
  }

  assert {
    condition     = helm_release.node_pools[0].namespace == "kube-system" && helm_release.node_pools[0].wait && helm_release.node_pools[0].atomic && helm_release.node_pools[0].reset_values && helm_release.node_pools[0].max_history == 5 && helm_release.node_pools[0].timeout == 1800
    error_message = "The release waits for half an hour, for nodes that go."
  }
}

run "reservations_are_of_a_variant" {
  command = plan

  variables {
    node_pools = {
      gpu-reserved = {
        capacity_types           = ["reserved"]
        families                 = ["p5"]
        limits                   = { "nvidia.com/gpu" = "16" }
        node_class               = "gpu"
        taints                   = [{ key = "nvidia.com/gpu", value = "true", effect = "NoSchedule" }]
        startup_taints           = []
        termination_grace_period = "1h30m"
      }
    }

    node_class = {
      instance_profile = "nodes"
      kms_key_arn      = "arn:aws:kms:us-east-1:123456789012:key/a"
      variants = {
        gpu = {
          volume = { size_gib = 200, iops = 6000 }
          capacity_reservations = [
            { id = "cr-0123456789abcdef0" },
            { tags = { team = "ml" }, owner_id = "123456789012" },
          ]
        }
      }
    }
  }

  assert {
    condition = yamldecode(helm_release.node_pools[0].values[0]).nodeClasses == {
      gpu = {
        volume               = { sizeGib = 200, iops = 6000 }
        capacityReservations = [{ id = "cr-0123456789abcdef0" }, { tags = { team = "ml" }, ownerID = "123456789012" }]
      }
    }
    error_message = "The variant has its own volume and reservations."
  }

  assert {
    condition     = yamldecode(helm_release.node_pools[0].values[0]).nodePools.gpu-reserved.nodeClass == "gpu" && yamldecode(helm_release.node_pools[0].values[0]).nodePools.gpu-reserved.startupTaints == []
    error_message = "The pool takes the variant, and no startup taint where none is wanted."
  }

  assert {
    condition     = helm_release.node_pools[0].timeout == 5400 + 600
    error_message = "The release waits for longer than a node may drain."
  }
}

run "no_pool_no_release" {
  command = plan

  variables {
    node_pools = {}
    node_class = {}
  }

  assert {
    condition     = length(helm_release.node_pools) == 0
    error_message = "Without pools there is nothing to install."
  }
}

run "refuses_a_pool_without_a_limit" {
  command = plan
  variables {
    node_pools = { a = { capacity_types = ["spot"], categories = ["m"], limits = {} } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_a_limit_that_is_no_quantity" {
  command = plan
  variables {
    node_pools = { a = { capacity_types = ["spot"], categories = ["m"], limits = { cpu = "many" } } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_a_pool_of_every_instance" {
  command = plan
  variables {
    node_pools = { a = { capacity_types = ["spot"], limits = { cpu = "10" } } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_categories_with_families" {
  command = plan
  variables {
    node_pools = { a = { capacity_types = ["spot"], categories = ["m"], families = ["m7i"], limits = { cpu = "10" } } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_an_unknown_capacity" {
  command = plan
  variables {
    node_pools = { a = { capacity_types = ["dedicated"], categories = ["m"], limits = { cpu = "10" } } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_an_unknown_architecture" {
  command = plan
  variables {
    node_pools = { a = { capacity_types = ["spot"], architectures = ["x86_64"], categories = ["m"], limits = { cpu = "10" } } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_a_name_of_no_object" {
  command = plan
  variables {
    node_pools = { "Default_Pool" = { capacity_types = ["spot"], categories = ["m"], limits = { cpu = "10" } } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_a_weight_out_of_range" {
  command = plan
  variables {
    node_pools = { a = { weight = 101, capacity_types = ["spot"], categories = ["m"], limits = { cpu = "10" } } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_a_drain_without_an_end" {
  command = plan
  variables {
    node_pools = { a = { termination_grace_period = "Never", capacity_types = ["spot"], categories = ["m"], limits = { cpu = "10" } } }
  }
  # The time that the release may take is made of it.
  expect_failures = [var.node_pools]
}

run "refuses_a_node_class_that_is_none" {
  command = plan
  variables {
    node_pools = { a = { node_class = "gpu", capacity_types = ["spot"], categories = ["m"], limits = { cpu = "10" } } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_reserved_without_reservations" {
  command = plan
  variables {
    node_pools = { a = { capacity_types = ["reserved"], families = ["p5"], limits = { cpu = "10" } } }
  }
  expect_failures = [var.node_pools]
}

run "refuses_a_node_class_without_role" {
  command = plan
  variables {
    node_class = {}
  }
  expect_failures = [var.node_pools]
}

run "refuses_role_and_profile" {
  command = plan
  variables {
    node_class = { role = "a", instance_profile = "b" }
  }
  expect_failures = [var.node_class]
}

run "refuses_an_image_that_moves" {
  command = plan
  variables {
    node_class = { role = "a", ami = "al2023@latest" }
  }
  expect_failures = [var.node_class]
}

run "refuses_the_alias_of_a_key" {
  command = plan
  variables {
    node_class = { role = "a", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/a" }
  }
  expect_failures = [var.node_class]
}

run "refuses_a_volume_that_is_too_small" {
  command = plan
  variables {
    node_class = { role = "a", volume = { size_gib = 8 } }
  }
  expect_failures = [var.node_class]
}

run "refuses_a_second_default_class" {
  command = plan
  variables {
    node_class = { role = "a", variants = { default = {} } }
  }
  expect_failures = [var.node_class]
}

run "refuses_a_reservation_found_twice" {
  command = plan
  variables {
    node_class = { role = "a", variants = { gpu = { capacity_reservations = [{ id = "cr-0abc", owner_id = "123456789012" }] } } }
  }
  expect_failures = [var.node_class]
}
