variable "openai_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_openai" "main" {
  name = "openai"
  auth_data = {
    api_key_wo         = var.openai_api_key
    api_key_wo_version = 1
  }
  integrations = {
    gpt-4o = {
      model_id    = "gpt-4o"
      model_types = ["chat"]
    }
    embeddings = {
      model_id    = "text-embedding-3-small"
      model_types = ["embedding"]
    }
  }
}
