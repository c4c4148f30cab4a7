variable "microsoft_foundry_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_microsoft_foundry" "example" {
  name = "microsoft-foundry"
  auth_data = {
    api_key = {
      api_key_wo         = var.microsoft_foundry_api_key
      api_key_wo_version = 1
    }
  }
  integrations = {
    gpt-4o = {
      model_id    = "gpt-4o"
      model_types = ["chat"]
      publisher   = "OpenAI"
    }
  }
}
