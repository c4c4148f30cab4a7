variable "ms_teams_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_ms_teams" "example" {
  name = "ms-teams"
  integrations = {
    main = {
      auth_data = {
        webhook_url_wo         = var.ms_teams_webhook_url
        webhook_url_wo_version = 1
      }
    }
  }
}
