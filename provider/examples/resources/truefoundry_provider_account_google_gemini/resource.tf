variable "gemini_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_google_gemini" "main" {
  name = "gemini"
  auth_data = {
    api_key_wo         = var.gemini_api_key
    api_key_wo_version = 1
  }
  integrations = {
    gemini-flash = {
      model_id    = "gemini-2.5-flash"
      model_types = ["chat"]
    }
  }
}
