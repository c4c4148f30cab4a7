data "truefoundry_provider_account_groq" "example" {
  name = "groq"
}
