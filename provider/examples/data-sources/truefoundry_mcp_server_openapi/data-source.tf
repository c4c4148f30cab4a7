data "truefoundry_mcp_server_openapi" "orders" {
  name = "orders-api"
}
