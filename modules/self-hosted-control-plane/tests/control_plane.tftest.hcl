mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  master_password           = "unused" # Terraform 1.11 cannot apply a test whose ephemeral variable has no value
  name                      = "acme-tfy"
  vpc_id                    = "vpc-1"
  subnet_ids                = { cnn1-az1 = "subnet-d1", cnn1-az2 = "subnet-d2" }
  client_security_group_ids = { cluster = "sg-cluster" }
  cluster_arn               = "arn:aws-cn:eks:cn-north-1:123456789012:cluster/acme-dev"
  bucket_name               = "acme-tfy-123456789012"
}

run "defaults" {
  assert {
    condition     = length(data.aws_iam_policy_document.control_plane.statement) == 4 && alltrue([for statement in data.aws_iam_policy_document.control_plane.statement : length(statement.sid) > 0 && !contains(statement.resources, "*") && alltrue([for action in statement.actions : !strcontains(action, "*") && !startswith(action, "sts:")])])
    error_message = "One bucket, its key and one user of the database; no role to assume until one is named."
  }

  assert {
    condition     = data.aws_iam_policy_document.control_plane.statement[3].resources == toset([module.database.connect_arn]) && endswith(module.database.connect_arn, "/truefoundry")
    error_message = "Sign-in to the database is for one user."
  }

  assert {
    condition     = data.aws_iam_policy_document.control_plane.statement[1].resources == toset(["${module.bucket.arn}/*"])
    error_message = "Objects of one bucket."
  }

  assert {
    condition     = length(module.role.association_ids) == 5
    error_message = "Each service account of the chart gets the role."
  }
}

# Defect: `sts:AssumeRole` on `*`.
run "platforms" {
  variables {
    platform_role_arns = { acme-dev = "arn:aws-cn:iam::123456789012:role/acme-dev-platform-1" }
    service_accounts   = ["truefoundry"]
  }

  assert {
    condition     = data.aws_iam_policy_document.control_plane.statement[4].actions == toset(["sts:AssumeRole"]) && data.aws_iam_policy_document.control_plane.statement[4].resources == toset(["arn:aws-cn:iam::123456789012:role/acme-dev-platform-1"])
    error_message = "The control plane assumes the roles that are named."
  }
}
