resource "truefoundry_service" "search_api" {
  name          = "search-api"
  workspace_fqn = "prod:search"
  image = {
    image = { image_uri = "registry.acme.com/search/api:1.8.0" }
  }
  ports = [
    {
      port     = 8080
      protocol = "TCP"
      expose   = true
      host     = "search.ai.acme.com"
    },
  ]
  replicas = {
    autoscaling = {
      min_replicas = 2
      max_replicas = 6
      metrics      = { cpu_utilization = { value = 70 } }
    }
  }
  resources = {
    cpu_request    = 0.5
    cpu_limit      = 1
    memory_request = 500
    memory_limit   = 1000
  }
  env = {
    LOG_LEVEL = "info"
    DB_URL    = "tfy-secret://acme:search:db-url"
  }
  readiness_probe = {
    config = { path = "/ready", port = 8080 }
  }
}
