data "truefoundry_gateway_guardrails_config" "tenant" {
  name = "guardrails"
}
