data "truefoundry_provider_account_aws" "main" {
  name = "main"
}
