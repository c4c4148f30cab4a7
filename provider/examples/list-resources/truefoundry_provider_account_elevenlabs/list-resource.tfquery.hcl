list "truefoundry_provider_account_elevenlabs" "all" {
  provider = truefoundry
}
