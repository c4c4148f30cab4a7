variable "registry_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_custom" "internal" {
  name = "internal"
  integrations = {
    registry = {
      docker_registry_custom = {
        registry_url = "registry.acme.com"
        auth_data = {
          username            = "truefoundry"
          password_wo         = var.registry_password
          password_wo_version = 1
        }
      }
    }
  }
}
