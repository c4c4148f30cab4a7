data "truefoundry_provider_account_azure_foundry" "example" {
  name = "azure-foundry"
}
