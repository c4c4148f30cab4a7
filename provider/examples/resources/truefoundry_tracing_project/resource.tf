resource "truefoundry_tracing_project" "support" {
  name        = "support"
  description = "Traces of the support agent."
  storage = {
    controlplane_managed = {}
  }
  collaborators = [
    { subject = "team:search", role_id = "tracing-project-admin" },
  ]
}
