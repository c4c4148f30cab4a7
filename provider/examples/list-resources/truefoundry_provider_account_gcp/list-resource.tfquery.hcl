list "truefoundry_provider_account_gcp" "all" {
  provider = truefoundry
}
