terraform import truefoundry_agent.support 'support'
