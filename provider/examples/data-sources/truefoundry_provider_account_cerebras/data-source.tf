data "truefoundry_provider_account_cerebras" "example" {
  name = "cerebras"
}
