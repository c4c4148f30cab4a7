list "truefoundry_remote_agent_self_hosted" "all" {
  provider = truefoundry
}
