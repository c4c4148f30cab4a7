resource "truefoundry_gateway_load_balancing_config" "tenant" {
  name = "load-balancing"
  rules = [
    {
      priority_based_routing = {
        id   = "gpt-4o-with-fallback"
        when = { models = ["openai/gpt-4o"] }
        load_balance_targets = [
          { target = "openai/gpt-4o", priority = 0 },
          { target = "azure-openai/gpt-4o", priority = 1 },
        ]
      }
    },
  ]
}
