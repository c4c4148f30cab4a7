list "truefoundry_legacy_agent" "all" {
  provider = truefoundry
}
