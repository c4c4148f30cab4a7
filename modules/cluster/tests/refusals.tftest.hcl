# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                     = "acme-dev"
  kubernetes_version       = "1.33"
  vpc_id                   = "vpc-1"
  subnet_ids               = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2" }
  control_plane_subnet_ids = { cnn1-az1 = "subnet-c1", cnn1-az2 = "subnet-c2" }
  system_nodes             = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "al2023" }
}

run "bad_values_1" {
  command = plan

  variables {
    name                     = "a-name-that-is-far-too-long-for-it"                                  # 34 characters
    kubernetes_version       = "1.33.5"                                                              # a patch version
    support_type             = "LONG"                                                                # no such type
    control_plane_subnet_ids = { cnn1-az1 = "subnet-c1" }                                            # one zone
    pod_subnets              = { cnn1-az1 = { subnet_id = "subnet-p1", zone_name = "cn-north-1a" } } # a zone is missing
    endpoint_public_from     = ["0.0.0.0/0"]                                                         # everybody
    admins                   = { a = "arn:aws:sts::123456789012:assumed-role/admin/me" }             # a session
    log_retention_days       = 100                                                                   # not a period of CloudWatch Logs
    system_nodes             = { instance_types = ["m7i.large"], min = 1, max = 4, ami = "al2023" }  # one node
    identity                 = "access-key"                                                          # no such way
    addon_versions           = { efs = "v1" }                                                        # not an add-on of this module
    permissions_boundary     = "arn:aws:iam::123456789012:role/boundary"                             # a role
  }

  expect_failures = [
    var.name,
    var.kubernetes_version,
    var.support_type,
    var.control_plane_subnet_ids,
    var.pod_subnets,
    var.endpoint_public_from,
    var.admins,
    var.log_retention_days,
    var.system_nodes,
    var.identity,
    var.addon_versions,
    var.permissions_boundary,
  ]
}

run "bad_values_2" {
  command = plan

  variables {
    name                     = "Acme"                                                               # upper case
    kubernetes_version       = "1.27"                                                               # too old
    control_plane_subnet_ids = { use1-az1 = "subnet-c1", use1-az3 = "subnet-c3" }                   # one zone that counts
    endpoint_public_from     = ["0.0.0.0/1", "128.0.0.0/1"]                                         # everybody in two halves
    admins                   = { a = "arn:aws:iam::123456789012:root" }                             # the account's root
    system_nodes             = { instance_types = ["m7i.large"], min = 2, max = 2, ami = "al2023" } # no room for a rollout
  }

  expect_failures = [
    var.name,
    var.kubernetes_version,
    var.control_plane_subnet_ids,
    var.endpoint_public_from,
    var.admins,
    var.system_nodes,
  ]
}

run "bad_values_3" {
  command = plan

  variables {
    endpoint_public_from = ["::/0"]                                                                           # not IPv4
    admins               = { a = "arn:aws:iam::123456789012:role/a", b = "arn:aws:iam::123456789012:role/a" } # twice
    system_nodes         = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "al2023", fips = true }  # no such image
  }

  expect_failures = [
    var.endpoint_public_from,
    var.admins,
    var.system_nodes,
  ]
}

run "bad_values_4" {
  command = plan

  variables {
    endpoint_public_from = ["203.0.113.7"]                                           # not a block
    system_nodes         = { instance_types = [], min = 2, max = 4, ami = "al2023" } # no type
  }

  expect_failures = [
    var.endpoint_public_from,
    var.system_nodes,
  ]
}

run "bad_values_5" {
  command = plan

  variables {
    system_nodes = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "ubuntu" } # no such AMI
  }

  expect_failures = [
    var.system_nodes,
  ]
}

run "bad_values_6" {
  command = plan

  variables {
    system_nodes = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "al2023", disk_gib = 8 } # too small
  }

  expect_failures = [
    var.system_nodes,
  ]
}

# Apart: the rule on pod subnets reads it.
run "nodes_in_one_zone" {
  command = plan

  variables {
    subnet_ids = { cnn1-az1 = "subnet-n1" }
  }

  expect_failures = [var.subnet_ids]
}

run "addon_of_another_module" {
  command = plan

  variables {
    addons                      = { efs = {} } # no such add-on
    pull_through_cache_prefixes = ["*"]        # every repository
  }

  expect_failures = [var.addons, var.pull_through_cache_prefixes]
}

run "addon_version_twice" {
  command = plan

  variables {
    addons         = { coredns = { version = "v1.12.4-eksbuild.1" } }
    addon_versions = { coredns = "v1.12.3-eksbuild.1" }
  }

  expect_failures = [var.addons]
}

run "addon_wanted_and_left_out" {
  command = plan

  variables {
    addons       = { metrics-server = { enabled = false } }
    extra_addons = ["metrics-server"]
  }

  expect_failures = [var.addons]
}

run "roles_without_agent" {
  command = plan

  variables {
    addons = { eks-pod-identity-agent = { enabled = false } }
  }

  expect_failures = [var.addons]
}

run "addon_settings_that_are_no_json" {
  command = plan

  variables {
    addons = { coredns = { configuration = "replicaCount: 3" } }
  }

  expect_failures = [var.addons]
}

run "key_by_alias" {
  command = plan

  variables {
    addons = { aws-ebs-csi-driver = { kms_key_arns = { volumes = "alias/volumes" } } }
  }

  expect_failures = [var.addons]
}

run "key_for_an_addon_without_volumes" {
  command = plan

  variables {
    addons = { coredns = { kms_key_arns = { volumes = "arn:aws:kms:us-east-1:123456789012:key/1" } } }
  }

  expect_failures = [var.addons]
}

run "records_without_a_zone" {
  command = plan

  variables {
    addons = { external-dns = {} }
  }

  expect_failures = [var.addons]
}

run "zone_by_domain" {
  command = plan

  variables {
    addons = { external-dns = { zone_ids = { apps = "example.com" } } }
  }

  expect_failures = [var.addons]
}

run "role_that_eks_cannot_give" {
  command = plan

  variables {
    identity = "irsa"
    addons   = { cert-manager = { zone_ids = { apps = "Z0123456789ABCDEFGHIJ" } } }
  }

  expect_failures = [var.addons]
}

run "bucket_by_pattern" {
  command = plan

  variables {
    addons = { aws-mountpoint-s3-csi-driver = { buckets = { all = { arn = "arn:aws:s3:::*" } } } }
  }

  expect_failures = [var.addons]
}

run "made" {
  variables {
    service_ipv4_cidr = "172.20.0.0/16"
  }
}

run "services_keep_their_addresses" {
  command = plan

  variables {
    service_ipv4_cidr = "172.21.0.0/16"
  }

  expect_failures = [aws_eks_cluster.this]
}

run "no_private_block_of_services" {
  command = plan

  variables {
    service_ipv4_cidr = "172.99.0.0/16"
  }

  expect_failures = [var.service_ipv4_cidr]
}
