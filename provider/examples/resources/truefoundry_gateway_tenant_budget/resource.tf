resource "truefoundry_gateway_tenant_budget" "per_user" {
  name = "per-user"
  mode = "soft_enforce"
  applies_to = {
    per_user = {}
  }
  limits = {
    cost_per_day = 20
  }
  alerts = {
    thresholds = [80, 100]
  }
}
