data "truefoundry_data_directory" "example" {
  ml_repo = "search"
  name    = "training-data"
}
