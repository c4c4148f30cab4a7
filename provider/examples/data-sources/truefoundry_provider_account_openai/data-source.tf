data "truefoundry_provider_account_openai" "main" {
  name = "openai"
}
