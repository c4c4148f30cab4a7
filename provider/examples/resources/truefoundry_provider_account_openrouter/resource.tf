variable "openrouter_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_openrouter" "example" {
  name = "openrouter"
  auth_data = {
    api_key_wo         = var.openrouter_api_key
    api_key_wo_version = 1
  }
  integrations = {
    llama-3-3-70b-instruct = {
      model_id    = "meta-llama/llama-3.3-70b-instruct"
      model_types = ["chat"]
    }
  }
}
