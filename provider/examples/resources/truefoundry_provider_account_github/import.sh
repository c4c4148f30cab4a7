terraform import truefoundry_provider_account_github.acme 'acme'
