data "truefoundry_job" "reindex" {
  workspace_fqn = "prod:search"
  name          = "reindex"
}
