list "truefoundry_provider_account_cartesia" "all" {
  provider = truefoundry
}
