list "truefoundry_provider_account_github" "all" {
  provider = truefoundry
}
