variable "pagerduty_integration_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_pagerduty" "example" {
  name = "pagerduty"
  integrations = {
    main = {
      auth_data = {
        integration_key_wo         = var.pagerduty_integration_key
        integration_key_wo_version = 1
        integration_url            = "https://events.pagerduty.com/v2/enqueue"
      }
    }
  }
}
