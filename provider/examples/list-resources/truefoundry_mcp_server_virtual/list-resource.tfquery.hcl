list "truefoundry_mcp_server_virtual" "all" {
  provider = truefoundry
}
