list "truefoundry_provider_account_custom_endpoint" "all" {
  provider = truefoundry
}
