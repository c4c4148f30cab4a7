variable "webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_webhook" "example" {
  name = "webhook"
  integrations = {
    main = {
      webhook_url_wo         = var.webhook_url
      webhook_url_wo_version = 1
    }
  }
}
