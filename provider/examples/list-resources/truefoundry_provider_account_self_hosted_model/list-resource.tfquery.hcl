list "truefoundry_provider_account_self_hosted_model" "all" {
  provider = truefoundry
}
