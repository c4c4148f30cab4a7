# Run it with `terraform apply -invoke=action.truefoundry_trigger_job.reindex`, or name it in an `action_trigger` of the
# resource after whose change it is to run.
action "truefoundry_trigger_job" "reindex" {
  config {
    fqn     = "prod:search:reindex"
    command = "python reindex.py --full"
  }
}
