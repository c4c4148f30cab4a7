list "truefoundry_agent" "all" {
  provider = truefoundry
}
