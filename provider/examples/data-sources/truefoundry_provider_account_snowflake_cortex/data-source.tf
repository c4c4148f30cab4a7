data "truefoundry_provider_account_snowflake_cortex" "example" {
  name = "snowflake-cortex"
}
