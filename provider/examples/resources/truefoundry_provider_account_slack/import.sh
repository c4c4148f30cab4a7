terraform import truefoundry_provider_account_slack.alerts 'alerts'
