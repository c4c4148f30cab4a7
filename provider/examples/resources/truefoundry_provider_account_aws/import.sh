terraform import truefoundry_provider_account_aws.main 'main'
