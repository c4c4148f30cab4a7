data "truefoundry_gateway_rate_limiting_config" "tenant" {
  name = "rate-limits"
}
