data "truefoundry_mcp_server_tfy_managed" "example" {
  name = "web-search"
}
