data "truefoundry_provider_account_deepinfra" "example" {
  name = "deepinfra"
}
