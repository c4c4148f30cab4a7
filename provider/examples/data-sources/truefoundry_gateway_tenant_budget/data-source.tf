data "truefoundry_gateway_tenant_budget" "per_user" {
  name = "per-user"
}
