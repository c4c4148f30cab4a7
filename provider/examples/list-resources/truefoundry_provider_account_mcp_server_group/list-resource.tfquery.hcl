list "truefoundry_provider_account_mcp_server_group" "all" {
  provider = truefoundry
}
