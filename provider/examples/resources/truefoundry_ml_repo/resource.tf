resource "truefoundry_ml_repo" "search" {
  name                    = "search"
  description             = "Ranking models and their experiments."
  storage_integration_fqn = "acme:aws:main:blob-storage:artifacts"
  collaborators = [
    { subject = "team:search", role_id = "mlf-project-admin" },
  ]
}
