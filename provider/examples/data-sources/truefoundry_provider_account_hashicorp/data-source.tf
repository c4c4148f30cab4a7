data "truefoundry_provider_account_hashicorp" "example" {
  name = "hashicorp"
}
