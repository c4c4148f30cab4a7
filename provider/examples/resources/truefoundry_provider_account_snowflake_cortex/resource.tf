variable "snowflake_cortex_pat_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_snowflake_cortex" "example" {
  name               = "snowflake-cortex"
  account_identifier = "acme-analytics"
  auth_data = {
    pat_token_wo         = var.snowflake_cortex_pat_token
    pat_token_wo_version = 1
  }
  integrations = {
    llama3-1-70b = {
      model_id    = "llama3.1-70b"
      model_types = ["chat"]
    }
  }
}
