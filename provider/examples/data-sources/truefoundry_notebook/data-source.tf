data "truefoundry_notebook" "exploration" {
  workspace_fqn = "prod:search"
  name          = "exploration"
}
