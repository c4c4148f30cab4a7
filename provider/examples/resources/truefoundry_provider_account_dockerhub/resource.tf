variable "dockerhub_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_dockerhub" "example" {
  name = "dockerhub"
  auth_data = {
    password_wo         = var.dockerhub_password
    password_wo_version = 1
    username            = "truefoundry"
  }
  integrations = {
    main = {
      registry_url = "docker.io/acme"
    }
  }
}
