terraform import truefoundry_provider_account_azure.main 'azure'
