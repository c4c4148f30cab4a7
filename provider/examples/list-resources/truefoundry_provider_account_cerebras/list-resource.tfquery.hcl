list "truefoundry_provider_account_cerebras" "all" {
  provider = truefoundry
}
