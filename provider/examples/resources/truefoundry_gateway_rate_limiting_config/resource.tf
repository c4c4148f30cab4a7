resource "truefoundry_gateway_rate_limiting_config" "tenant" {
  name = "rate-limits"
  rules = [
    {
      id                     = "gpt-4o-per-user"
      when                   = { models = ["openai/gpt-4o"] }
      limit_to               = 60
      unit                   = "requests_per_minute"
      rate_limit_applies_per = ["user"]
    },
  ]
}
