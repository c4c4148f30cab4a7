variable "baseten_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_baseten" "example" {
  name = "baseten"
  auth_data = {
    api_key_wo         = var.baseten_api_key
    api_key_wo_version = 1
  }
  integrations = {
    deepseek-v3 = {
      model_id    = "deepseek-ai/DeepSeek-V3"
      model_types = ["chat"]
    }
  }
}
