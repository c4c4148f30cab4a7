variable "azure_client_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_azure" "main" {
  name            = "azure"
  subscription_id = "0f3c5a3e-0d52-4c53-9a3d-6f1c2b7d9e10"
  integrations = {
    secrets = {
      vault = {
        key_vault_name = "acme-secrets"
        auth_data = {
          subscription_id          = "0f3c5a3e-0d52-4c53-9a3d-6f1c2b7d9e10"
          tenant_id                = "5b0e7c1d-8e0f-4f0b-a6b3-1f2d3c4b5a69"
          client_id                = "9d8c7b6a-5f4e-4d3c-8b2a-190817263544"
          client_secret_wo         = var.azure_client_secret
          client_secret_wo_version = 1
        }
      }
    }
  }
}
