list "truefoundry_provider_account_google_gemini" "all" {
  provider = truefoundry
}
