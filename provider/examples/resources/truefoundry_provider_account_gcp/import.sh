terraform import truefoundry_provider_account_gcp.main 'gcp'
