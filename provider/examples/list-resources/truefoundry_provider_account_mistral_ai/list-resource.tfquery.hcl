list "truefoundry_provider_account_mistral_ai" "all" {
  provider = truefoundry
}
