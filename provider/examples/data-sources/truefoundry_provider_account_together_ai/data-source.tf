data "truefoundry_provider_account_together_ai" "example" {
  name = "together-ai"
}
