terraform import truefoundry_mcp_server_remote.orders 'orders'
