terraform import truefoundry_team.search 'search'
