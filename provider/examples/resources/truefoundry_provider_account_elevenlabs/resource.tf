variable "elevenlabs_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_elevenlabs" "example" {
  name = "elevenlabs"
  auth_data = {
    api_key_wo         = var.elevenlabs_api_key
    api_key_wo_version = 1
  }
  integrations = {
    eleven-multilingual-v2 = {
      model_id    = "eleven_multilingual_v2"
      model_types = ["text_to_speech"]
    }
  }
}
