list "truefoundry_workspace" "all" {
  provider = truefoundry
}
