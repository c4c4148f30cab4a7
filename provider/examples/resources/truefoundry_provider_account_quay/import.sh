terraform import truefoundry_provider_account_quay.example 'quay'
