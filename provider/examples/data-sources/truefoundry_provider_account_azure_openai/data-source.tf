data "truefoundry_provider_account_azure_openai" "main" {
  name = "azure-openai"
}
