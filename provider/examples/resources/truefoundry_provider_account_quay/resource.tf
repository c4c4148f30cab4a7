variable "quay_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_quay" "example" {
  name = "quay"
  auth_data = {
    password_wo         = var.quay_password
    password_wo_version = 1
    username            = "truefoundry"
  }
  integrations = {
    main = {
      registry_url = "quay.io/acme"
    }
  }
}
