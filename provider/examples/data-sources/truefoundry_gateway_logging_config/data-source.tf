data "truefoundry_gateway_logging_config" "tenant" {
  name = "logging"
}
