resource "truefoundry_volume" "models" {
  name          = "models"
  workspace_fqn = "prod:search"
  config = {
    dynamic = {
      storage_class = "efs-sc"
      size          = 100
    }
  }
}
