terraform import truefoundry_role_binding.search_editors 'search-editors'
