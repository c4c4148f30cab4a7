list "truefoundry_provider_account_google_vertex" "all" {
  provider = truefoundry
}
