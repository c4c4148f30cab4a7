# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name  = "acme-dev"
  cidr  = "10.20.0.0/16"
  zones = ["cnn1-az1", "cnn1-az2"]
}

run "given" {
  command = plan

  variables {
    flow_logs = { retention_days = 30, kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" }
  }

  assert {
    condition     = length(aws_kms_key.flow_logs) == 0 && length(aws_kms_alias.flow_logs) == 0 && aws_cloudwatch_log_group.flow_logs[0].kms_key_id == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
    error_message = "A given key is used instead of one of our own."
  }
}

run "own" {
}

run "another_later" {
  command = plan

  variables {
    flow_logs = { retention_days = 30, kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" }
  }

  expect_failures = [aws_cloudwatch_log_group.flow_logs]
}
