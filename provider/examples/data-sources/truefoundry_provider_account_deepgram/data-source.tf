data "truefoundry_provider_account_deepgram" "example" {
  name = "deepgram"
}
