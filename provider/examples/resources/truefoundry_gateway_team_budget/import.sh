terraform import truefoundry_gateway_team_budget.search 'search'
