list "truefoundry_provider_account_openai" "all" {
  provider = truefoundry
}
