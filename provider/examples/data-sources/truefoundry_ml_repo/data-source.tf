data "truefoundry_ml_repo" "search" {
  name = "search"
}
