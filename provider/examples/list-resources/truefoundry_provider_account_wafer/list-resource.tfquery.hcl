list "truefoundry_provider_account_wafer" "all" {
  provider = truefoundry
}
