list "truefoundry_user" "all" {
  provider = truefoundry
}
