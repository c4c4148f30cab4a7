list "truefoundry_provider_account_deepinfra" "all" {
  provider = truefoundry
}
