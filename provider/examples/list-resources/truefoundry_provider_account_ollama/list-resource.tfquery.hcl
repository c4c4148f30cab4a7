list "truefoundry_provider_account_ollama" "all" {
  provider = truefoundry
}
