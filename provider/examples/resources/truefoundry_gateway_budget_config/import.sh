terraform import truefoundry_gateway_budget_config.tenant 'budgets'
