resource "truefoundry_async_service" "thumbnails" {
  name          = "thumbnails"
  workspace_fqn = "prod:search"
  image = {
    image = { image_uri = "registry.acme.com/thumbnails:2.0.1" }
  }
  ports    = [{ port = 8080, protocol = "TCP", expose = false }]
  replicas = { fixed = 2 }
  worker_config = {
    input_config = {
      sqs = {
        queue_url          = "https://sqs.us-east-1.amazonaws.com/123456789012/thumbnails"
        region_name        = "us-east-1"
        visibility_timeout = 60
      }
    }
  }
}
