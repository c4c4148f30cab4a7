terraform import truefoundry_provider_account_openai.main 'openai'
