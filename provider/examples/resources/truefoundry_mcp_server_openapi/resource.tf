resource "truefoundry_mcp_server_openapi" "orders" {
  name        = "orders-api"
  description = "The REST API of the order system."
  url         = "https://orders.acme.com"
  openapi_spec_source = {
    remote = { url = "https://orders.acme.com/openapi.json" }
  }
}
