list "truefoundry_mcp_server_remote" "all" {
  provider = truefoundry
}
