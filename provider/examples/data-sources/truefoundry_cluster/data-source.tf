data "truefoundry_cluster" "prod" {
  name = "prod"
}
