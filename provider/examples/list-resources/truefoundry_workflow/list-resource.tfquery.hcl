list "truefoundry_workflow" "all" {
  provider = truefoundry
}
