list "truefoundry_provider_account_pagerduty" "all" {
  provider = truefoundry
}
