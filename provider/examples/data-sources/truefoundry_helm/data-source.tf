data "truefoundry_helm" "redis" {
  workspace_fqn = "prod:search"
  name          = "redis"
}
