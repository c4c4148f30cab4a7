data "truefoundry_mcp_server_virtual" "support" {
  name = "support"
}
