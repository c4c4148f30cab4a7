data "truefoundry_agent" "support" {
  name = "support"
}
