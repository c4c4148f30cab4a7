list "truefoundry_provider_account_quay" "all" {
  provider = truefoundry
}
