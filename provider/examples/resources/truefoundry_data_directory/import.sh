terraform import truefoundry_data_directory.example 'search:training-data'
