data "truefoundry_provider_account_xai" "example" {
  name = "xai"
}
