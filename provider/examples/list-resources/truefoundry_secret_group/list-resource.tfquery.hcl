list "truefoundry_secret_group" "all" {
  provider = truefoundry
}
