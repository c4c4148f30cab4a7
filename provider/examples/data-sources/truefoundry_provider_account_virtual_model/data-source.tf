data "truefoundry_provider_account_virtual_model" "chat" {
  name = "chat"
}
