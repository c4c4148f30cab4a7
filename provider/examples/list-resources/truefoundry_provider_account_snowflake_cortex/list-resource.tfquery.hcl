list "truefoundry_provider_account_snowflake_cortex" "all" {
  provider = truefoundry
}
