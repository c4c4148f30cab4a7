data "truefoundry_provider_account_openrouter" "example" {
  name = "openrouter"
}
