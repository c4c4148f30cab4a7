list "truefoundry_provider_account_databricks" "all" {
  provider = truefoundry
}
