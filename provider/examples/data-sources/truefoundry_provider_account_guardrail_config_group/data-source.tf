data "truefoundry_provider_account_guardrail_config_group" "privacy" {
  name = "privacy"
}
