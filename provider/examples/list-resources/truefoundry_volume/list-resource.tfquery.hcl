list "truefoundry_volume" "all" {
  provider = truefoundry
}
