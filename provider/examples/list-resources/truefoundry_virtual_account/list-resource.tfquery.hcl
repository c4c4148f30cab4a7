list "truefoundry_virtual_account" "all" {
  provider = truefoundry
}
