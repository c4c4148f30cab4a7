data "truefoundry_provider_account_google_gemini" "main" {
  name = "gemini"
}
