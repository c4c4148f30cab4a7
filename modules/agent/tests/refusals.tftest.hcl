# Bad values, and the variables that must refuse theirs.

mock_provider "helm" {}
mock_provider "kubernetes" {}

variables {
  cluster_id        = "c-1"
  cluster_token     = "a-token"
  control_plane_url = "https://acme.truefoundry.cloud"
  tenant_name       = "acme"
}

run "bad_values" {
  command = plan

  variables {
    cluster_token     = " "
    control_plane_url = "http://acme.truefoundry.cloud"
    tenant_name       = ""
    token_revision    = 0
    egress            = { hosts = ["https://proxy.acme.com"] }
    chart             = { values = "config: { clusterToken: abc }" }
  }

  expect_failures = [
    var.cluster_token,
    var.control_plane_url,
    var.tenant_name,
    var.token_revision,
    var.egress,
    var.chart,
  ]
}

run "values_that_are_no_map" {
  command = plan

  variables {
    control_plane_url = "https://acme.truefoundry.cloud/"
    chart             = { values = "- a" }
  }

  expect_failures = [
    var.control_plane_url,
    var.chart,
  ]
}
