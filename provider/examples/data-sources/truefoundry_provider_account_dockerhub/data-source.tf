data "truefoundry_provider_account_dockerhub" "example" {
  name = "dockerhub"
}
