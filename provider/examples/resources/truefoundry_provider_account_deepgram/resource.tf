variable "deepgram_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_deepgram" "example" {
  name = "deepgram"
  auth_data = {
    api_key_wo         = var.deepgram_api_key
    api_key_wo_version = 1
  }
  integrations = {
    nova-3 = {
      model_id    = "nova-3"
      model_types = ["audio_transcription"]
    }
  }
}
