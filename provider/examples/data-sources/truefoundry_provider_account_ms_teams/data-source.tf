data "truefoundry_provider_account_ms_teams" "example" {
  name = "ms-teams"
}
