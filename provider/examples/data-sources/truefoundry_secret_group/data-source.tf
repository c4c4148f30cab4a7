data "truefoundry_secret_group" "search" {
  name = "search"
}
