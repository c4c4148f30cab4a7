resource "truefoundry_settings_ai_features" "example" {
  enabled = true
}
