terraform import truefoundry_ml_repo.search 'search'
