list "truefoundry_provider_account_gitlab" "all" {
  provider = truefoundry
}
