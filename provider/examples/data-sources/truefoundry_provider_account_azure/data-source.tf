data "truefoundry_provider_account_azure" "main" {
  name = "azure"
}
