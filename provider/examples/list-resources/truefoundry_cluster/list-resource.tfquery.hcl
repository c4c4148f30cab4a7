list "truefoundry_cluster" "all" {
  provider = truefoundry
}
