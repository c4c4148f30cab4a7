terraform import truefoundry_gateway_data_access_config.example 'data-access'
