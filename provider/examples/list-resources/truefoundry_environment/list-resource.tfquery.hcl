list "truefoundry_environment" "all" {
  provider = truefoundry
}
