data "truefoundry_role_binding" "search_editors" {
  name = "search-editors"
}
