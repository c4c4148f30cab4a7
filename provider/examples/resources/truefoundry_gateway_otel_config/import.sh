terraform import truefoundry_gateway_otel_config.tenant 'otel'
