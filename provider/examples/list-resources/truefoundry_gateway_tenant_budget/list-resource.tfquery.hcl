list "truefoundry_gateway_tenant_budget" "all" {
  provider = truefoundry
}
