list "truefoundry_mcp_server_tfy_managed" "all" {
  provider = truefoundry
}
