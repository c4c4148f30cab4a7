terraform import truefoundry_tracing_project.support 'support'
