list "truefoundry_application_set" "all" {
  provider = truefoundry
}
