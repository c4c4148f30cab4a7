data "truefoundry_environment" "production" {
  name = "production"
}
