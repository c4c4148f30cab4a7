data "truefoundry_provider_account_perplexity_ai" "example" {
  name = "perplexity-ai"
}
