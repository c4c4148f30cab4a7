variable "anthropic_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_anthropic" "main" {
  name = "anthropic"
  auth_data = {
    api_key_wo         = var.anthropic_api_key
    api_key_wo_version = 1
  }
  integrations = {
    claude-sonnet = {
      model_id    = "claude-sonnet-4-5"
      model_types = ["chat"]
    }
  }
  collaborators = [
    { subject = "team:everyone", role_id = "provider-account-access" },
  ]
}
