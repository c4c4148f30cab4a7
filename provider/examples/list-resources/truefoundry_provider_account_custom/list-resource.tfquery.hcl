list "truefoundry_provider_account_custom" "all" {
  provider = truefoundry
}
