list "truefoundry_mcp_server_stdio" "all" {
  provider = truefoundry
}
