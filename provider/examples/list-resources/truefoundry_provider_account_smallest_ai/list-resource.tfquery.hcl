list "truefoundry_provider_account_smallest_ai" "all" {
  provider = truefoundry
}
