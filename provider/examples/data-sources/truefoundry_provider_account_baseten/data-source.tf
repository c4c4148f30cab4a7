data "truefoundry_provider_account_baseten" "example" {
  name = "baseten"
}
