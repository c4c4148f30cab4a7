list "truefoundry_provider_account_openrouter" "all" {
  provider = truefoundry
}
