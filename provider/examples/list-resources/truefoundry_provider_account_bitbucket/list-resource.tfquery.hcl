list "truefoundry_provider_account_bitbucket" "all" {
  provider = truefoundry
}
