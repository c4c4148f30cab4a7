variable "azure_openai_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_azure_openai" "main" {
  name           = "azure-openai"
  azure_endpoint = "https://acme.openai.azure.com"
  auth_data = {
    api_key = {
      api_key_wo         = var.azure_openai_api_key
      api_key_wo_version = 1
    }
  }
  integrations = {
    gpt-4o = {
      model_id    = "gpt-4o"
      api_version = "2024-10-21"
      model_types = ["chat"]
    }
  }
}
