resource "truefoundry_gateway_data_access_config" "example" {
  name = "data-access"
  rules = [
    {
      own_data = {
        data_types = ["traces"]
        id         = "own-traces"
        subjects   = ["team:search"]
      }
    },
  ]
}
