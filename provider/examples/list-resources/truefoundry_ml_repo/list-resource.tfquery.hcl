list "truefoundry_ml_repo" "all" {
  provider = truefoundry
}
