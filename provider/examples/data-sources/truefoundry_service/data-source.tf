data "truefoundry_service" "search_api" {
  workspace_fqn = "prod:search"
  name          = "search-api"
}
