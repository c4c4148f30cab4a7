terraform import truefoundry_mcp_server_stdio.example 'filesystem'
