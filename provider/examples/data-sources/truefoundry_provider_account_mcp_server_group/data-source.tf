data "truefoundry_provider_account_mcp_server_group" "example" {
  name = "mcp-server-group"
}
