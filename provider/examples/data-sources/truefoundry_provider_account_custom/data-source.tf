data "truefoundry_provider_account_custom" "internal" {
  name = "internal"
}
