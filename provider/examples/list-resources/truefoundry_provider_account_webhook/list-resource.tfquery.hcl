list "truefoundry_provider_account_webhook" "all" {
  provider = truefoundry
}
