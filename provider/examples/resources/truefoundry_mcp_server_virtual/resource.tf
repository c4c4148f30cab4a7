resource "truefoundry_mcp_server_virtual" "support" {
  name        = "support"
  description = "The tools that support staff need."
  servers = [
    { name = "orders", enabled_tools = ["find_order"] },
    { name = "tickets" },
  ]
}
