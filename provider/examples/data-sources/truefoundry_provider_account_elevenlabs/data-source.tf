data "truefoundry_provider_account_elevenlabs" "example" {
  name = "elevenlabs"
}
