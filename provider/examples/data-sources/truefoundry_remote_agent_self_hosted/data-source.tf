data "truefoundry_remote_agent_self_hosted" "example" {
  name = "planner"
}
