list "truefoundry_provider_account_anthropic" "all" {
  provider = truefoundry
}
