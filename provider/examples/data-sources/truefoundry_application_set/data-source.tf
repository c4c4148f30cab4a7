data "truefoundry_application_set" "shop" {
  workspace_fqn = "prod:search"
  name          = "shop"
}
