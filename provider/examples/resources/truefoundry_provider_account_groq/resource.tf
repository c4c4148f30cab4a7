variable "groq_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_groq" "example" {
  name = "groq"
  auth_data = {
    api_key_wo         = var.groq_api_key
    api_key_wo_version = 1
  }
  integrations = {
    llama-3-3-70b-versatile = {
      model_id    = "llama-3.3-70b-versatile"
      model_types = ["chat"]
    }
  }
}
