data "truefoundry_gateway_global_settings" "tenant" {
  name = "settings"
}
