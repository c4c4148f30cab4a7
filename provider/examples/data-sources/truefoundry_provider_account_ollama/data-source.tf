data "truefoundry_provider_account_ollama" "example" {
  name = "ollama"
}
