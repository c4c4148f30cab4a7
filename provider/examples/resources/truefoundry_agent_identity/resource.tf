resource "truefoundry_agent_identity" "example" {
  name = "support"
  identity = {
    truefoundry_backed = {}
  }
}
