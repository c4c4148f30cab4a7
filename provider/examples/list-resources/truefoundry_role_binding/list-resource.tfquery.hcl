list "truefoundry_role_binding" "all" {
  provider = truefoundry
}
