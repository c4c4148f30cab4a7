resource "truefoundry_agent" "support" {
  name         = "support"
  description  = "Answers questions about orders."
  instructions = "Look the order up before you answer. Never promise a refund."
  model = {
    name = "openai/gpt-4o"
    params = {
      temperature = 0.2
    }
  }
  mcp_servers = [
    {
      truefoundry_mcp_registry = {
        name         = "orders"
        enable_tools = ["find_order"]
      }
    },
  ]
}
