data "truefoundry_gateway_data_access_config" "example" {
  name = "data-access"
}
