data "truefoundry_mcp_server_stdio" "example" {
  name = "filesystem"
}
