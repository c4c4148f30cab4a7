data "truefoundry_gateway_load_balancing_config" "tenant" {
  name = "load-balancing"
}
