list "truefoundry_provider_account_baseten" "all" {
  provider = truefoundry
}
