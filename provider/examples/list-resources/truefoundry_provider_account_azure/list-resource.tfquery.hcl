list "truefoundry_provider_account_azure" "all" {
  provider = truefoundry
}
