resource "truefoundry_gateway_budget_config" "tenant" {
  name = "budgets"
  rules = [
    {
      id                 = "developers"
      when               = { subjects = ["team:developers"] }
      limit_to           = 50
      unit               = "cost_per_day"
      budget_applies_per = ["user"]
    },
  ]
}
