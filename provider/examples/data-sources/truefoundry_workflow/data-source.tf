data "truefoundry_workflow" "train" {
  workspace_fqn = "prod:search"
  name          = "train"
}
