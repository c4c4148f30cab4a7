variable "jfrog_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_jfrog" "example" {
  name = "jfrog"
  auth_data = {
    password_wo         = var.jfrog_password
    password_wo_version = 1
    username            = "truefoundry"
  }
  integrations = {
    main = {
      registry_url = "acme.jfrog.io/images"
    }
  }
}
