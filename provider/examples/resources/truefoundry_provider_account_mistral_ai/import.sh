terraform import truefoundry_provider_account_mistral_ai.example 'mistral-ai'
