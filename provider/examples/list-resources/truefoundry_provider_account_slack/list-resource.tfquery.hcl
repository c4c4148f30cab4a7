list "truefoundry_provider_account_slack" "all" {
  provider = truefoundry
}
