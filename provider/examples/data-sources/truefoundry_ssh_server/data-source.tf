data "truefoundry_ssh_server" "dev" {
  workspace_fqn = "prod:search"
  name          = "dev-ada"
}
