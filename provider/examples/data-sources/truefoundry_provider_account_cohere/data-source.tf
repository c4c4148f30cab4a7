data "truefoundry_provider_account_cohere" "example" {
  name = "cohere"
}
