list "truefoundry_provider_account_ms_teams" "all" {
  provider = truefoundry
}
