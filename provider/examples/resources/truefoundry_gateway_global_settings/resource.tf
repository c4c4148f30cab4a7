resource "truefoundry_gateway_global_settings" "tenant" {
  name = "settings"
  retry_settings = {
    attempts        = 2
    delay           = 100
    on_status_codes = ["429", "503"]
  }
  logging_settings = {
    always = {}
  }
}
