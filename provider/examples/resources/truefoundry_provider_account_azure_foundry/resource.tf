variable "azure_foundry_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_azure_foundry" "example" {
  name = "azure-foundry"
  integrations = {
    phi-4 = {
      auth_data = {
        api_key = {
          api_key_wo         = var.azure_foundry_api_key
          api_key_wo_version = 1
        }
      }
      azure_endpoint = "https://acme.services.ai.azure.com/models"
      model_id       = "Phi-4"
      model_types    = ["chat"]
    }
  }
}
