variable "palm_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_palm" "example" {
  name = "palm"
  auth_data = {
    api_key_wo         = var.palm_api_key
    api_key_wo_version = 1
  }
  integrations = {
    chat-bison = {
      model_id    = "chat-bison"
      model_types = ["chat"]
    }
  }
}
