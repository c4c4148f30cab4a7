# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

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
