variable "deepinfra_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_deepinfra" "example" {
  name = "deepinfra"
  auth_data = {
    api_key_wo         = var.deepinfra_api_key
    api_key_wo_version = 1
  }
  integrations = {
    llama-3-3-70b-instruct = {
      model_id    = "meta-llama/Llama-3.3-70B-Instruct"
      model_types = ["chat"]
    }
  }
}
