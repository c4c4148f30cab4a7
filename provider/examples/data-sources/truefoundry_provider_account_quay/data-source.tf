data "truefoundry_provider_account_quay" "example" {
  name = "quay"
}
