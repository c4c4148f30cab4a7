terraform import truefoundry_provider_account_nomic.example 'nomic'
