terraform import truefoundry_workspace.search 'prod:search'
