data "truefoundry_async_service" "thumbnails" {
  workspace_fqn = "prod:search"
  name          = "thumbnails"
}
