list "truefoundry_provider_account_microsoft_foundry" "all" {
  provider = truefoundry
}
