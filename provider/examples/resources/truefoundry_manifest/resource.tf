variable "ai_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_manifest" "ai" {
  manifest = jsonencode({
    type      = "provider-account/openai"
    name      = "ai"
    auth_data = { type = "api-key" }
    integrations = [{
      type        = "integration/model/openai"
      name        = "gpt-4o"
      model_id    = "gpt-4o"
      model_types = ["chat"]
    }]
  })
  manifest_wo         = jsonencode({ auth_data = { api_key = var.ai_api_key } })
  manifest_wo_version = 1
}
