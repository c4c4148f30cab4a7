# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                      = "acme-dev"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-p1" }
  cluster_security_group_id = "sg-cluster"
}

run "bad_values" {
  command = plan

  variables {
    name                 = "Acme"     # upper case
    subnet_ids           = {}         # nowhere
    instance_type        = "t3.nano"  # another processor than the image's
    permissions_boundary = "boundary" # no ARN
  }

  expect_failures = [
    var.name,
    var.subnet_ids,
    var.instance_type,
    var.permissions_boundary,
  ]
}
