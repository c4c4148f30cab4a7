data "truefoundry_provider_account_wafer" "example" {
  name = "wafer"
}
