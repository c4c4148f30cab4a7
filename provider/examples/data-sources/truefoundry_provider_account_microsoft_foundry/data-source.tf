data "truefoundry_provider_account_microsoft_foundry" "example" {
  name = "microsoft-foundry"
}
