data "truefoundry_provider_account_slack" "alerts" {
  name = "alerts"
}
