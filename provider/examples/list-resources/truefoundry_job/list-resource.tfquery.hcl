list "truefoundry_job" "all" {
  provider = truefoundry
}
