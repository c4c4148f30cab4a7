# Made by `cargo xtask gen` for OpenTofu, of `given_key.tftest.hcl`.

# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

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

run "given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && length(aws_kms_alias.this) == 0 && aws_eks_cluster.this.encryption_config[0].provider[0].key_arn == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" && aws_cloudwatch_log_group.this.kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" && strcontains(aws_iam_role_policy.cluster.policy, "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000")
    error_message = "A given key wraps the secrets and encrypts the logs, and the role may use it."
  }
}

run "own" {
}

run "another_later" {
  command = plan

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
  }

  expect_failures = [aws_eks_cluster.this]
}
