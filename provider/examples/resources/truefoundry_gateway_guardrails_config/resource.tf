resource "truefoundry_gateway_guardrails_config" "tenant" {
  name = "guardrails"
  rules = [
    {
      id                              = "no-secrets"
      when                            = {}
      llm_input_guardrails            = ["privacy/secrets"]
      llm_output_guardrails           = []
      mcp_tool_pre_invoke_guardrails  = []
      mcp_tool_post_invoke_guardrails = []
    },
  ]
}
