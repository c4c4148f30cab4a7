terraform import truefoundry_mcp_server_tfy_managed.example 'web-search'
