data "truefoundry_rstudio" "example" {
  workspace_fqn = "prod:search"
  name          = "statistics"
}
