list "truefoundry_provider_account_azure_foundry" "all" {
  provider = truefoundry
}
