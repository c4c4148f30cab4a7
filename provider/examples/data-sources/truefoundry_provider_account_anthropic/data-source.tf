data "truefoundry_provider_account_anthropic" "main" {
  name = "anthropic"
}
