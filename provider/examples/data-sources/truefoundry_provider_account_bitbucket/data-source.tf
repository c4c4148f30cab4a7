data "truefoundry_provider_account_bitbucket" "example" {
  name = "bitbucket"
}
