data "truefoundry_provider_account_mistral_ai" "example" {
  name = "mistral-ai"
}
