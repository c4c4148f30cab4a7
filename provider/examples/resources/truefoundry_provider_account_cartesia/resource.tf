variable "cartesia_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_cartesia" "example" {
  name = "cartesia"
  auth_data = {
    api_key_wo         = var.cartesia_api_key
    api_key_wo_version = 1
  }
  cartesia_version = "2025-04-16"
  integrations = {
    sonic-2 = {
      model_id    = "sonic-2"
      model_types = ["text_to_speech"]
    }
  }
}
