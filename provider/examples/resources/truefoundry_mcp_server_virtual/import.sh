terraform import truefoundry_mcp_server_virtual.support 'support'
