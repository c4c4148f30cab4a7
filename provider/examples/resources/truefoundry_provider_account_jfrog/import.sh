terraform import truefoundry_provider_account_jfrog.example 'jfrog'
