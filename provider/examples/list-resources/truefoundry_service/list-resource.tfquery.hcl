list "truefoundry_service" "all" {
  provider = truefoundry
}
