list "truefoundry_provider_account_aws" "all" {
  provider = truefoundry
}
