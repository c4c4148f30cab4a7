resource "truefoundry_team" "search" {
  name         = "search"
  display_name = "Search"
  description  = "Builds the search of the shop."
  managers     = ["ada@acme.com"]
  members      = ["ada@acme.com", "grace@acme.com"]
}
