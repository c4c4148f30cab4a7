resource "truefoundry_role_binding" "search_editors" {
  name = "search-editors"
  subjects = [
    { type = "team", name = "search" },
  ]
  permissions = [
    {
      resource_type = "workspace"
      resource_fqn  = "prod:search"
      role          = "workspace-editor"
    },
  ]
}
