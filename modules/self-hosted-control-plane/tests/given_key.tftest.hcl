# In a file of its own: a key is chosen when the thing is made, and the other file's runs share a state.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                      = "acme-tfy"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
  client_security_group_ids = { cluster = "sg-cluster" }
  cluster_arn               = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
  bucket_name               = "acme-tfy-123456789012"
}

run "given_key_and_password" {
  command = plan

  variables {
    kms_key_arn             = "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000"
    master_password         = "of-more-than-eight"
    master_password_version = 1
  }

  assert {
    condition     = output.database_kms_key_arn == "arn:aws-cn:kms:cn-north-1:123456789012:key/11111111-0000-0000-0000-000000000000" && output.bucket_kms_key_arn == output.database_kms_key_arn && output.database_master_user_secret_arn == null
    error_message = "One given key for database and bucket, and a password that nobody rotates."
  }
}
