variable "smallest_ai_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_smallest_ai" "example" {
  name = "smallest-ai"
  auth_data = {
    api_key_wo         = var.smallest_ai_api_key
    api_key_wo_version = 1
  }
  integrations = {
    lightning = {
      model_id    = "lightning"
      model_types = ["text_to_speech"]
    }
  }
}
