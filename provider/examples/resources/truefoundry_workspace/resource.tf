resource "truefoundry_workspace" "search" {
  name             = "search"
  cluster_fqn      = "prod"
  environment_name = "production"
  collaborators = [
    { subject = "team:search", role_id = "workspace-admin" },
  ]
}
