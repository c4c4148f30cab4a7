list "truefoundry_tracing_project" "all" {
  provider = truefoundry
}
