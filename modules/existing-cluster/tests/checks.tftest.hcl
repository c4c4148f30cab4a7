mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name   = "acme-dev"
  vpc_id = "vpc-1"
}

run "answers_like_cluster" {
  command = plan

  assert {
    condition     = output.security_group_id == "sg-cluster" && output.version == "1.33" && output.addon_versions["vpc-cni"] == "v1.0.0-eksbuild.1"
    error_message = "What the cluster is, is said."
  }

  assert {
    condition     = length(aws_ec2_tag.karpenter_discovery) == 0
    error_message = "Nothing is changed unless asked for."
  }
}

run "discovery" {
  command = plan

  variables {
    set_discovery_tag = true
  }

  assert {
    condition     = aws_ec2_tag.karpenter_discovery[0].resource_id == "sg-cluster" && aws_ec2_tag.karpenter_discovery[0].value == "acme-dev"
    error_message = "Karpenter finds the group."
  }
}

run "no_access_entries" {
  command = plan

  override_data {
    target = data.aws_eks_cluster.this
    values = {
      access_config         = [{ authentication_mode = "CONFIG_MAP", bootstrap_cluster_creator_admin_permissions = false }]
      status                = "ACTIVE"
      vpc_config            = [{ vpc_id = "vpc-1", endpoint_public_access = false, public_access_cidrs = [], cluster_security_group_id = "sg-cluster", endpoint_private_access = true, security_group_ids = [], subnet_ids = [] }]
      identity              = [{ oidc = [{ issuer = "https://oidc.example.com/id/X" }] }]
      certificate_authority = [{ data = "bW9ja2Vk" }]
    }
  }

  expect_failures = [data.aws_eks_cluster.this]
}

run "open_to_everybody" {
  command = plan

  override_data {
    target = data.aws_eks_cluster.this
    values = {
      vpc_config            = [{ vpc_id = "vpc-1", endpoint_public_access = true, public_access_cidrs = ["0.0.0.0/0"], cluster_security_group_id = "sg-cluster", endpoint_private_access = true, security_group_ids = [], subnet_ids = [] }]
      status                = "ACTIVE"
      access_config         = [{ authentication_mode = "API", bootstrap_cluster_creator_admin_permissions = false }]
      identity              = [{ oidc = [{ issuer = "https://oidc.example.com/id/X" }] }]
      certificate_authority = [{ data = "bW9ja2Vk" }]
    }
  }

  expect_failures = [data.aws_eks_cluster.this]
}

run "another_vpc" {
  command = plan

  variables {
    vpc_id = "vpc-2"
  }

  expect_failures = [data.aws_eks_cluster.this]
}

run "not_ready" {
  command = plan

  override_data {
    target = data.aws_eks_cluster.this
    values = {
      status                = "UPDATING"
      access_config         = [{ authentication_mode = "API", bootstrap_cluster_creator_admin_permissions = false }]
      vpc_config            = [{ vpc_id = "vpc-1", endpoint_public_access = false, public_access_cidrs = [], cluster_security_group_id = "sg-cluster", endpoint_private_access = true, security_group_ids = [], subnet_ids = [] }]
      identity              = [{ oidc = [{ issuer = "https://oidc.example.com/id/X" }] }]
      certificate_authority = [{ data = "bW9ja2Vk" }]
    }
  }

  expect_failures = [data.aws_eks_cluster.this]
}

run "few_logs" {
  command = plan

  override_data {
    target = data.aws_eks_cluster.this
    values = {
      enabled_cluster_log_types = ["api"]
      status                    = "ACTIVE"
      access_config             = [{ authentication_mode = "API", bootstrap_cluster_creator_admin_permissions = false }]
      vpc_config                = [{ vpc_id = "vpc-1", endpoint_public_access = false, public_access_cidrs = [], cluster_security_group_id = "sg-cluster", endpoint_private_access = true, security_group_ids = [], subnet_ids = [] }]
      identity                  = [{ oidc = [{ issuer = "https://oidc.example.com/id/X" }] }]
      certificate_authority     = [{ data = "bW9ja2Vk" }]
    }
  }

  expect_failures = [check.control_plane_logs]
}

run "bad_name" {
  command = plan

  variables {
    name = "acme dev"
  }

  expect_failures = [var.name]
}
