list "truefoundry_provider_account_deepgram" "all" {
  provider = truefoundry
}
