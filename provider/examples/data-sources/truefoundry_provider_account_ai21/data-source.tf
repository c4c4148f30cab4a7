data "truefoundry_provider_account_ai21" "example" {
  name = "ai21"
}
