list "truefoundry_provider_account_cohere" "all" {
  provider = truefoundry
}
