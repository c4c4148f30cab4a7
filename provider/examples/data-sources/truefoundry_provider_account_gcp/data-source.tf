data "truefoundry_provider_account_gcp" "main" {
  name = "gcp"
}
