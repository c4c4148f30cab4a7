terraform import truefoundry_provider_account_ms_teams.example 'ms-teams'
