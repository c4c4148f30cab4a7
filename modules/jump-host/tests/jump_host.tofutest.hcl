# Made by `cargo xtask gen` for OpenTofu, of `jump_host.tftest.hcl`.

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

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws-cn:iam::123456789012:policy/mocked"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn    = "arn:aws-cn:kms:cn-north-1:123456789012:key/00000000-0000-0000-0000-000000000000"
      key_id = "00000000-0000-0000-0000-000000000000"
    }
  }

  mock_data "aws_service_principal" {
    defaults = {
      name = "service.amazonaws.com"
    }
  }

  mock_data "aws_vpc" {
    defaults = {
      cidr_block = "10.0.0.0/16"
    }
  }

  mock_data "aws_ssm_parameter" {
    defaults = {
      insecure_value = "ami-00000000000000000"
    }
  }
}

variables {
  name                      = "acme-dev"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-p1", cnn1-az2 = "subnet-p2" }
  cluster_security_group_id = "sg-cluster"
}

run "instance" {
  assert {
    condition     = aws_instance.this.instance_type == "t4g.nano" && aws_instance.this.ami == "ami-00000000000000000" && aws_instance.this.subnet_id == "subnet-p1"
    error_message = "A small Graviton instance in the first subnet."
  }

  assert {
    condition     = one(aws_instance.this.metadata_options).http_tokens == "required" && one(aws_instance.this.metadata_options).http_put_response_hop_limit == 1 && one(aws_instance.this.root_block_device).encrypted && one(aws_instance.this.root_block_device).volume_type == "gp3"
    error_message = "IMDSv2 alone, from the instance itself, and an encrypted volume."
  }

  assert {
    condition     = aws_instance.this.associate_public_ip_address == false && aws_instance.this.vpc_security_group_ids == toset([aws_security_group.this.id])
    error_message = "No public address, and no group but its own."
  }
}

run "rules" {
  assert {
    condition     = aws_vpc_security_group_ingress_rule.api.security_group_id == "sg-cluster" && aws_vpc_security_group_ingress_rule.api.referenced_security_group_id == aws_security_group.this.id && aws_vpc_security_group_ingress_rule.api.from_port == 443
    error_message = "The cluster lets the instance in, and nothing is let in to the instance."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.api.referenced_security_group_id == "sg-cluster" && aws_vpc_security_group_egress_rule.ssm.cidr_ipv4 == "0.0.0.0/0" && alltrue([for rule in [aws_vpc_security_group_egress_rule.api, aws_vpc_security_group_egress_rule.ssm] : rule.from_port == 443 && rule.to_port == 443])
    error_message = "It calls the API and Systems Manager, both at 443."
  }
}

run "without_internet" {
  command = plan

  variables {
    internet = false
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.ssm.cidr_ipv4 == "10.0.0.0/16"
    error_message = "Systems Manager is then in the VPC."
  }
}

run "role" {
  variables {
    permissions_boundary = "arn:aws-cn:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws-cn:iam::123456789012:policy/boundary" && aws_iam_role_policy_attachment.ssm.policy_arn == "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore"
    error_message = "The role is bounded, and has what the agent needs."
  }
}
