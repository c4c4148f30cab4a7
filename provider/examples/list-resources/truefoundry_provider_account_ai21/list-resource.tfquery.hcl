list "truefoundry_provider_account_ai21" "all" {
  provider = truefoundry
}
