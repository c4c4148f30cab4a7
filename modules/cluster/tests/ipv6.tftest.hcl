# A cluster whose pods have IPv6 addresses: that is chosen when it is made.

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

run "ipv6" {
  variables {
    ip_family = "ipv6"
  }

  assert {
    condition     = aws_eks_cluster.this.kubernetes_network_config[0].ip_family == "ipv6" && !contains(keys(aws_iam_role_policy_attachment.addon), "vpc-cni")
    error_message = "Pods have IPv6 addresses, for which AWS has no managed policy."
  }

  assert {
    condition     = data.aws_iam_policy_document.vpc_cni_ipv6[0].statement[0].actions == toset(["ec2:AssignIpv6Addresses"]) && data.aws_iam_policy_document.vpc_cni_ipv6[0].statement[0].resources == toset(["arn:aws-cn:ec2:cn-north-1:123456789012:network-interface/*"])
    error_message = "vpc-cni may give them."
  }
}
