list "truefoundry_provider_account_virtual_model" "all" {
  provider = truefoundry
}
