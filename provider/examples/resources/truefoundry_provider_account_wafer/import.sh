terraform import truefoundry_provider_account_wafer.example 'wafer'
