list "truefoundry_provider_account_perplexity_ai" "all" {
  provider = truefoundry
}
