list "truefoundry_provider_account_guardrail_config_group" "all" {
  provider = truefoundry
}
