data "truefoundry_team" "search" {
  name = "search"
}
