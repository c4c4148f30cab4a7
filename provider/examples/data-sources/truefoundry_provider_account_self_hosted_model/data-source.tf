data "truefoundry_provider_account_self_hosted_model" "main" {
  name = "self-hosted"
}
