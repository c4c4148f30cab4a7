list "truefoundry_gateway_team_budget" "all" {
  provider = truefoundry
}
