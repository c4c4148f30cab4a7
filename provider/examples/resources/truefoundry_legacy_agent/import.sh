terraform import truefoundry_legacy_agent.example 'triage'
