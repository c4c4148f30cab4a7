terraform import truefoundry_helm.redis 'prod:search:redis'
