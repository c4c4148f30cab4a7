variable "hashicorp_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_hashicorp" "example" {
  name = "hashicorp"
  integrations = {
    main = {
      auth_data = {
        token = {
          token_wo         = var.hashicorp_token
          token_wo_version = 1
        }
      }
      kv_mount_path = "secret"
      vault_url     = "https://vault.acme.com"
    }
  }
}
