terraform import truefoundry_provider_account_palm.example 'palm'
