variable "nomic_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_nomic" "example" {
  name = "nomic"
  auth_data = {
    api_key_wo         = var.nomic_api_key
    api_key_wo_version = 1
  }
  integrations = {
    nomic-embed-text-v1-5 = {
      model_id    = "nomic-embed-text-v1.5"
      model_types = ["embedding"]
    }
  }
}
