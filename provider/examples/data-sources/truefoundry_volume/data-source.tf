data "truefoundry_volume" "models" {
  workspace_fqn = "prod:search"
  name          = "models"
}
