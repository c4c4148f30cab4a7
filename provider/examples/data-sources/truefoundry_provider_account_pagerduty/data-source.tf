data "truefoundry_provider_account_pagerduty" "example" {
  name = "pagerduty"
}
