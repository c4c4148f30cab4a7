resource "truefoundry_gateway_team_budget" "search" {
  name      = "search"
  team_name = "search"
  mode      = "enforce"
  applies_to = {
    aggregate = {}
  }
  limits = {
    cost_per_month = 500
  }
}
