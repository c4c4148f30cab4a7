data "truefoundry_provider_account_gitlab" "example" {
  name = "gitlab"
}
