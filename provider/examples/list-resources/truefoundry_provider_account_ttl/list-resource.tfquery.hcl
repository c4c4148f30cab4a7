list "truefoundry_provider_account_ttl" "all" {
  provider = truefoundry
}
