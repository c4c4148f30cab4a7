# Bad values, one for each variable at a time, and the variables that must refuse theirs.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cluster_name = "acme-dev"
}

run "bad_values_1" {
  command = plan

  variables {
    cluster_name         = "acme dev"
    identity             = "access-key"
    namespace            = "Kube_System"
    service_account      = "karpenter!"
    node_role            = { arn = "nodes" }
    isolated_vpc         = true
    reserved_enis        = 0.5
    ebs_kms_key_arns     = { nodes = "alias/nodes" }
    queue_kms_key        = { arn = "alias/queue" }
    permissions_boundary = "arn:aws:iam::123456789012:role/boundary"
  }

  expect_failures = [
    var.cluster_name,
    var.identity,
    var.namespace,
    var.service_account,
    var.node_role,
    var.isolated_vpc,
    var.reserved_enis,
    var.ebs_kms_key_arns,
    var.queue_kms_key,
    var.permissions_boundary,
  ]
}

run "irsa_without_provider" {
  command = plan

  variables {
    identity = "irsa"
  }

  expect_failures = [var.oidc_provider_arn]
}

run "provider_of_another_kind" {
  command = plan

  variables {
    identity          = "irsa"
    oidc_provider_arn = "https://oidc.eks.us-east-1.amazonaws.com/id/X"
  }

  expect_failures = [var.oidc_provider_arn]
}

run "cni_policy_on_nodes" {
  command = plan

  variables {
    node_policy_arns = { cni = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy" }
  }

  expect_failures = [var.node_policy_arns]
}

run "no_policy" {
  command = plan

  variables {
    node_policy_arns = { ssm = "arn:aws:iam::123456789012:role/ssm" }
  }

  expect_failures = [var.node_policy_arns]
}

run "policies_for_a_given_role" {
  command = plan

  variables {
    node_role        = { arn = "arn:aws:iam::123456789012:role/nodes" }
    node_policy_arns = { ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }
  }

  expect_failures = [var.node_policy_arns]
}

run "every_cache" {
  command = plan

  variables {
    pull_through_cache_prefixes = ["*"]
  }

  expect_failures = [var.pull_through_cache_prefixes]
}

run "cache_for_a_given_role" {
  command = plan

  variables {
    node_role                   = { arn = "arn:aws:iam::123456789012:role/nodes" }
    pull_through_cache_prefixes = ["quay"]
  }

  expect_failures = [var.pull_through_cache_prefixes]
}

run "key_without_queue" {
  command = plan

  variables {
    interruption_queue = false
    queue_kms_key      = { arn = "arn:aws:kms:us-east-1:123456789012:key/1" }
  }

  expect_failures = [var.queue_kms_key]
}

# IAM takes ten of one role, of which the module attaches two.
run "more_policies_than_a_role_takes" {
  command = plan

  variables {
    node_policy_arns = { for number in range(9) : "policy-${number}" => "arn:aws-cn:iam::123456789012:policy/policy-${number}" }
  }

  expect_failures = [aws_iam_role.node]
}
