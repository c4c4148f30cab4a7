resource "truefoundry_gateway_metadata_config" "example" {
  name = "metadata"
  rules = [
    {
      id = "team"
      metadata_override = {
        team = "search"
      }
      when = {}
    },
  ]
}
