# What is refused before anything is planned.

mock_provider "helm" {}
mock_provider "kubernetes" {}

variables {
  cluster = { name = "acme-dev", region = "us-east-1", vpc_id = "vpc-0123456789abcdef0", version = "1.35" }
}

run "an_unknown_addon" {
  command = plan

  variables {
    addons = { kedda = {} }
  }

  expect_failures = [var.addons]
}

run "values_that_are_no_map" {
  command = plan

  variables {
    addons = { keda = { values = "- replicas" } }
  }

  expect_failures = [var.addons]
}

run "values_of_istio_without_their_chart" {
  command = plan

  variables {
    addons = { istio = { values = "autoscaleMin: 3" } }
  }

  expect_failures = [var.addons]
}

run "a_version_of_custom_resources_that_are_the_charts_own" {
  command = plan

  variables {
    addons = { keda = { crds_version = "2.19.0" } }
  }

  expect_failures = [var.addons]
}

run "values_of_aws_for_nothing" {
  command = plan

  variables {
    aws_values = { log-store = {} }
  }

  expect_failures = [var.aws_values]
}

run "a_mirror_of_charts_without_tls" {
  command = plan

  variables {
    mirror = { charts = "http://charts.example.com" }
  }

  expect_failures = [var.mirror]
}

run "a_mirror_of_a_host_that_nothing_comes_from" {
  command = plan

  variables {
    mirror = { registries = { "gcr.io" = "registry.example.com" } }
  }

  expect_failures = [var.mirror]
}

run "a_mirror_with_a_scheme" {
  command = plan

  variables {
    mirror = { registries = { "quay.io" = "https://registry.example.com" } }
  }

  expect_failures = [var.mirror]
}

run "a_mode_that_is_none" {
  command = plan

  variables {
    mtls = "DISABLE"
  }

  expect_failures = [var.mtls]
}

run "an_exception_for_everything" {
  command = plan

  variables {
    mtls_exceptions = { all = { namespace = "shop", match_labels = {}, ports = [80] } }
  }

  expect_failures = [var.mtls_exceptions]
}

run "an_alias_for_a_key" {
  command = plan

  variables {
    storage = { kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/ebs" }
  }

  expect_failures = [var.storage]
}

run "a_patch_for_a_minor" {
  command = plan

  variables {
    cluster = { name = "acme-dev", region = "us-east-1", vpc_id = "vpc-0123456789abcdef0", version = "1.35.4" }
  }

  expect_failures = [var.cluster]
}
