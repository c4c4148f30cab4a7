resource "truefoundry_data_directory" "example" {
  name     = "training-data"
  metadata = jsonencode({ team = "search" })
  ml_repo  = "search"
  source = {
    truefoundry = {}
  }
}
