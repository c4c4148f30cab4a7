terraform import truefoundry_secret.search_db_password 'acme:search-db:password'
