data "truefoundry_provider_account_cartesia" "example" {
  name = "cartesia"
}
