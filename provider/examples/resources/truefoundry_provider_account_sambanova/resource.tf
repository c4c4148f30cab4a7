variable "sambanova_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_sambanova" "example" {
  name = "sambanova"
  auth_data = {
    api_key_wo         = var.sambanova_api_key
    api_key_wo_version = 1
  }
  integrations = {
    meta-llama-3-3-70b-instruct = {
      model_id    = "Meta-Llama-3.3-70B-Instruct"
      model_types = ["chat"]
    }
  }
}
