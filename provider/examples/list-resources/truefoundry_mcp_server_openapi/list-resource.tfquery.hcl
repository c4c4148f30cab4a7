list "truefoundry_mcp_server_openapi" "all" {
  provider = truefoundry
}
