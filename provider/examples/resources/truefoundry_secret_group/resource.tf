resource "truefoundry_secret_group" "search" {
  name            = "search"
  integration_fqn = "acme:aws:main:secret-store:secrets"
  collaborators = [
    { subject = "team:search", role_id = "secret-group-admin" },
  ]
}
