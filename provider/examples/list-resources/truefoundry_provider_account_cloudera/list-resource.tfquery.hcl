list "truefoundry_provider_account_cloudera" "all" {
  provider = truefoundry
}
