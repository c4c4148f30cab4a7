variable "ai21_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_ai21" "example" {
  name = "ai21"
  auth_data = {
    api_key_wo         = var.ai21_api_key
    api_key_wo_version = 1
  }
  integrations = {
    jamba-large = {
      model_id    = "jamba-large"
      model_types = ["chat"]
    }
  }
}
