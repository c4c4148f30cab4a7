variable "slack_bot_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_slack" "alerts" {
  name = "alerts"
  integrations = {
    bot = {
      slack_bot = {
        auth_data = {
          bot_token_wo         = var.slack_bot_token
          bot_token_wo_version = 1
        }
      }
    }
  }
}
