resource "truefoundry_workflow" "train" {
  name               = "train"
  workspace_fqn      = "prod:search"
  workflow_file_path = "workflow.py"
  source = {
    local = {
      project_root_path = "./train"
      local_build       = false
    }
  }
}
