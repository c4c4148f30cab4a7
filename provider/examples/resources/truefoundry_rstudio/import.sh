terraform import truefoundry_rstudio.example 'prod:search:statistics'
