resource "truefoundry_virtual_account" "ci" {
  name = "ci"
  permissions = [
    {
      resource_type = "workspace"
      resource_fqn  = "prod:search"
      role_id       = "workspace-editor"
    },
  ]
}
