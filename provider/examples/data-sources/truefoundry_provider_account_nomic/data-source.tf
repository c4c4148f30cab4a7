data "truefoundry_provider_account_nomic" "example" {
  name = "nomic"
}
