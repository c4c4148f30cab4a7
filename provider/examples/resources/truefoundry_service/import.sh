terraform import truefoundry_service.search_api 'prod:search:search-api'
