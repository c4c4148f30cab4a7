variable "search_db_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_secret_group" "search_db" {
  name            = "search-db"
  integration_fqn = "acme:aws:main:secret-store:secrets"
}

# An application refers to it by `truefoundry_secret.search_db_password.reference`.
resource "truefoundry_secret" "search_db_password" {
  secret_group_fqn = truefoundry_secret_group.search_db.fqn
  name             = "password"
  value_wo         = var.search_db_password
  value_wo_version = 1
}
