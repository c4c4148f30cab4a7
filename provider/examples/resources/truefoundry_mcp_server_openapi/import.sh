terraform import truefoundry_mcp_server_openapi.orders 'orders-api'
