variable "perplexity_ai_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_perplexity_ai" "example" {
  name = "perplexity-ai"
  auth_data = {
    api_key_wo         = var.perplexity_ai_api_key
    api_key_wo_version = 1
  }
  integrations = {
    sonar = {
      model_id    = "sonar"
      model_types = ["chat"]
    }
  }
}
