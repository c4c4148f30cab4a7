variable "github_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_github" "acme" {
  name = "acme"
  integrations = {
    source = {
      account_name = "acme"
      auth_data = {
        token = {
          token_wo         = var.github_token
          token_wo_version = 1
        }
      }
    }
  }
}
