variable "wafer_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_wafer" "example" {
  name = "wafer"
  auth_data = {
    api_key_wo         = var.wafer_api_key
    api_key_wo_version = 1
  }
  integrations = {
    llama-3-3-70b = {
      model_id    = "llama-3.3-70b"
      model_types = ["chat"]
    }
  }
}
