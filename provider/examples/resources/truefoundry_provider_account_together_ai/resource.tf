variable "together_ai_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_together_ai" "example" {
  name = "together-ai"
  auth_data = {
    api_key_wo         = var.together_ai_api_key
    api_key_wo_version = 1
  }
  integrations = {
    llama-3-3-70b-instruct-turbo = {
      model_id    = "meta-llama/Llama-3.3-70B-Instruct-Turbo"
      model_types = ["chat"]
    }
  }
}
