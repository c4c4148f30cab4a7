resource "truefoundry_helm" "redis" {
  name          = "redis"
  workspace_fqn = "prod:search"
  source = {
    helm_repo = {
      repo_url = "https://charts.bitnami.com/bitnami"
      chart    = "redis"
      version  = "20.6.0"
    }
  }
  values = jsonencode({
    architecture = "standalone"
  })
}
