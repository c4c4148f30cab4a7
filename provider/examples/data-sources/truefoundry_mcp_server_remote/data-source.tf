data "truefoundry_mcp_server_remote" "orders" {
  name = "orders"
}
