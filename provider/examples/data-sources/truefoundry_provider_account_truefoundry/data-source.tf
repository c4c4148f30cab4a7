data "truefoundry_provider_account_truefoundry" "example" {
  name = "truefoundry"
}
