resource "truefoundry_provider_account_virtual_model" "chat" {
  name = "chat"
  integrations = {
    default = {
      model_types = ["chat"]
      routing_config = {
        weight_based_routing = {
          load_balance_targets = [
            { target = "openai/gpt-4o", weight = 80 },
            { target = "anthropic/claude-sonnet", weight = 20 },
          ]
        }
      }
    }
  }
}
