terraform import truefoundry_application_set.shop 'prod:search:shop'
