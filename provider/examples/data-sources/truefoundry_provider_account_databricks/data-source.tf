data "truefoundry_provider_account_databricks" "example" {
  name = "databricks"
}
