list "truefoundry_provider_account_xai" "all" {
  provider = truefoundry
}
