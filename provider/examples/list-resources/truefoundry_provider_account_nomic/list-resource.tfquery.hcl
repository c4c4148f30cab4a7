list "truefoundry_provider_account_nomic" "all" {
  provider = truefoundry
}
