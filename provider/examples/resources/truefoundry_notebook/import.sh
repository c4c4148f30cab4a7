terraform import truefoundry_notebook.exploration 'prod:search:exploration'
