list "truefoundry_provider_account_jfrog" "all" {
  provider = truefoundry
}
