list "truefoundry_provider_account_dockerhub" "all" {
  provider = truefoundry
}
