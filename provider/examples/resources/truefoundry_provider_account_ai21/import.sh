terraform import truefoundry_provider_account_ai21.example 'ai21'
