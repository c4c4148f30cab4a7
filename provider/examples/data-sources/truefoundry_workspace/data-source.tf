data "truefoundry_workspace" "search" {
  cluster_fqn = "prod"
  name        = "search"
}
