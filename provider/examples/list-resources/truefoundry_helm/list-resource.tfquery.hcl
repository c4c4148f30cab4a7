list "truefoundry_helm" "all" {
  provider = truefoundry
}
