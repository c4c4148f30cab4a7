resource "truefoundry_provider_account_guardrail_config_group" "privacy" {
  name = "privacy"
  integrations = {
    secrets = {
      secret_detection = {
        description        = "Blots out API keys and passwords."
        operation          = "mutate"
        enforcing_strategy = "enforce"
      }
    }
  }
}
