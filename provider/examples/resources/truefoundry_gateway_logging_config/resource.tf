resource "truefoundry_gateway_logging_config" "tenant" {
  name = "logging"
  log  = true
  when = {
    subjects = { not_in = ["team:legal"] }
  }
  redact_with = {
    presets = ["email", "us_ssn"]
  }
}
