resource "truefoundry_environment" "production" {
  name          = "production"
  is_production = true
  optimize_for  = "AVAILABILITY"
}
