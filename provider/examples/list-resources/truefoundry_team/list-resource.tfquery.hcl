list "truefoundry_team" "all" {
  provider = truefoundry
}
