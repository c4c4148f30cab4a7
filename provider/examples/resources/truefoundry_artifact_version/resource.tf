resource "truefoundry_artifact_version" "example" {
  name     = "embeddings"
  metadata = jsonencode({ team = "search" })
  ml_repo  = "search"
  source = {
    truefoundry = {}
  }
}
