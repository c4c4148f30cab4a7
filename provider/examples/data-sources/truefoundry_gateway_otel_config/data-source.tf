data "truefoundry_gateway_otel_config" "tenant" {
  name = "otel"
}
