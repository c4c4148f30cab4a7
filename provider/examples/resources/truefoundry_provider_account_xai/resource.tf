variable "xai_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_xai" "example" {
  name = "xai"
  auth_data = {
    api_key_wo         = var.xai_api_key
    api_key_wo_version = 1
  }
  integrations = {
    grok-4 = {
      model_id    = "grok-4"
      model_types = ["chat"]
    }
  }
}
