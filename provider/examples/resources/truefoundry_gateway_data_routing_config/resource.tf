resource "truefoundry_gateway_data_routing_config" "example" {
  name = "data-routing"
  default = {
    storage = {
      controlplane_managed = {}
    }
  }
}
