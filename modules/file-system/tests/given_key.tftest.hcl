# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name       = "acme-dev"
  vpc_id     = "vpc-1"
  subnet_ids = { cnn1-az1 = "subnet-p1" }
}

run "given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && length(aws_kms_alias.this) == 0 && aws_efs_file_system.this.kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" && output.kms_key_arn == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
    error_message = "A given key is used instead of one of our own."
  }
}

run "own" {
}

run "another_later" {
  command = plan

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
  }

  expect_failures = [aws_efs_file_system.this]
}
