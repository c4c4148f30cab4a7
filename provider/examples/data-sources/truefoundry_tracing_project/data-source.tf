data "truefoundry_tracing_project" "support" {
  name = "support"
}
