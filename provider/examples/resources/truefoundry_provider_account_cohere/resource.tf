variable "cohere_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_cohere" "example" {
  name = "cohere"
  auth_data = {
    api_key_wo         = var.cohere_api_key
    api_key_wo_version = 1
  }
  integrations = {
    command-r-plus = {
      model_id    = "command-r-plus"
      model_types = ["chat"]
    }
  }
}
