resource "truefoundry_mcp_server_tfy_managed" "example" {
  name              = "web-search"
  auth_data         = {}
  description       = "What it is for."
  server_identifier = "web-search"
}
