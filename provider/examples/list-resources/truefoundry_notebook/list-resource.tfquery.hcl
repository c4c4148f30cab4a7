list "truefoundry_notebook" "all" {
  provider = truefoundry
}
