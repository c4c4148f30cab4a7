data "truefoundry_provider_account_github" "acme" {
  name = "acme"
}
