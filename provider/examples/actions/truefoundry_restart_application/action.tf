resource "truefoundry_secret" "search_api_key" {
  secret_group_fqn = "acme:search"
  name             = "API_KEY"
  value_wo         = var.search_api_key
  value_wo_version = 2

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.truefoundry_restart_application.search]
    }
  }
}

# The application reads the secret when it starts.
action "truefoundry_restart_application" "search" {
  config {
    fqn = "prod:search:api"
  }
}
