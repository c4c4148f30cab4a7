variable "mistral_ai_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_mistral_ai" "example" {
  name = "mistral-ai"
  auth_data = {
    api_key_wo         = var.mistral_ai_api_key
    api_key_wo_version = 1
  }
  integrations = {
    mistral-large-latest = {
      model_id    = "mistral-large-latest"
      model_types = ["chat"]
    }
  }
}
