terraform import truefoundry_secret_group.search 'search'
