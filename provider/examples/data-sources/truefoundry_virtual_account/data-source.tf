data "truefoundry_virtual_account" "ci" {
  name = "ci"
}
