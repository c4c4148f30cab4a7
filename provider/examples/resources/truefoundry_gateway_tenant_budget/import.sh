terraform import truefoundry_gateway_tenant_budget.per_user 'per-user'
