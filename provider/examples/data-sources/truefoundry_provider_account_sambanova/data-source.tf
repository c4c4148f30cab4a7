data "truefoundry_provider_account_sambanova" "example" {
  name = "sambanova"
}
