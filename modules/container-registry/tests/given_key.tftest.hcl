# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name         = "acme-dev"
  repositories = { api = {} }
}

run "given" {
  command = plan

  variables {
    kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && length(aws_kms_alias.this) == 0 && one(aws_ecr_repository.this["api"].encryption_configuration).kms_key == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
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

  expect_failures = [aws_ecr_repository.this]
}
