data "truefoundry_provider_account_palm" "example" {
  name = "palm"
}
