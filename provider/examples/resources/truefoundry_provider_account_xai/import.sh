terraform import truefoundry_provider_account_xai.example 'xai'
