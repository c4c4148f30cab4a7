list "truefoundry_provider_account_sambanova" "all" {
  provider = truefoundry
}
