data "truefoundry_gateway_budget_config" "tenant" {
  name = "budgets"
}
