resource "truefoundry_model_version" "example" {
  name     = "ranker"
  metadata = jsonencode({ team = "search" })
  ml_repo  = "search"
  source = {
    truefoundry = {}
  }
}
