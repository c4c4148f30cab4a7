data "truefoundry_provider_account_google_vertex" "main" {
  name = "vertex"
}
