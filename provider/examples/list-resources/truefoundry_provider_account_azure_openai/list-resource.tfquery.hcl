list "truefoundry_provider_account_azure_openai" "all" {
  provider = truefoundry
}
