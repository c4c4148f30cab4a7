terraform import truefoundry_provider_account_ttl.example 'ttl'
