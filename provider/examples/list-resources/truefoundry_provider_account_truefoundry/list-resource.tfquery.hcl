list "truefoundry_provider_account_truefoundry" "all" {
  provider = truefoundry
}
