data "truefoundry_provider_account_webhook" "example" {
  name = "webhook"
}
