list "truefoundry_provider_account_together_ai" "all" {
  provider = truefoundry
}
