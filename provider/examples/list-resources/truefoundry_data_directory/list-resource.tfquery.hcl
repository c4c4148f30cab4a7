list "truefoundry_data_directory" "all" {
  provider = truefoundry
}
