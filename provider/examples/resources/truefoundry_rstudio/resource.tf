resource "truefoundry_rstudio" "example" {
  name = "statistics"
  image = {
    image_uri = "registry.acme.com/rstudio:4.4"
  }
  workspace_fqn = "prod:search"
}
