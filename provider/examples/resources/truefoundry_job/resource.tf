resource "truefoundry_job" "reindex" {
  name          = "reindex"
  workspace_fqn = "prod:search"
  image = {
    image = {
      image_uri = "registry.acme.com/search/reindex:3.2.0"
      command   = { text = "python reindex.py" }
    }
  }
  trigger = {
    scheduled = {
      schedule           = "0 3 * * *"
      concurrency_policy = "Forbid"
    }
  }
  resources = {
    cpu_request    = 1
    cpu_limit      = 2
    memory_request = 2000
    memory_limit   = 4000
  }
  retries = 2
}
