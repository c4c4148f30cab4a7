list "truefoundry_provider_account_hashicorp" "all" {
  provider = truefoundry
}
