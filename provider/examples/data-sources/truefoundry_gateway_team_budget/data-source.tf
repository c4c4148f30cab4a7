data "truefoundry_gateway_team_budget" "search" {
  name = "search"
}
