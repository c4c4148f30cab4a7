data "truefoundry_provider_account_ttl" "example" {
  name = "ttl"
}
