data "truefoundry_gateway_data_routing_config" "example" {
  name = "data-routing"
}
