list "truefoundry_provider_account_palm" "all" {
  provider = truefoundry
}
