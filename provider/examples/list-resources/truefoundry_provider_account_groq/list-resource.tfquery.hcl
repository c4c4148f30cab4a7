list "truefoundry_provider_account_groq" "all" {
  provider = truefoundry
}
