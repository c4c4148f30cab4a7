data "truefoundry_provider_account_jfrog" "example" {
  name = "jfrog"
}
