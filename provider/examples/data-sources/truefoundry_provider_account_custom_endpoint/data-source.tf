data "truefoundry_provider_account_custom_endpoint" "example" {
  name = "custom-endpoint"
}
