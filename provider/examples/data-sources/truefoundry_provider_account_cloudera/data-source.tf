data "truefoundry_provider_account_cloudera" "example" {
  name = "cloudera"
}
