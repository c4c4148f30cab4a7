data "truefoundry_legacy_agent" "example" {
  name = "triage"
}
