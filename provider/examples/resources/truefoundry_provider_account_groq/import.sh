terraform import truefoundry_provider_account_groq.example 'groq'
