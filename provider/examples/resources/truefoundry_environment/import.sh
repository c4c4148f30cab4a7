terraform import truefoundry_environment.production 'production'
