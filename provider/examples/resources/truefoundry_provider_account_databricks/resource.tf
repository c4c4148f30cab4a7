variable "databricks_oauth_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_databricks" "example" {
  name = "databricks"
  auth_data = {
    service_principal = {
      client_id               = "9d8c7b6a-5f4e-4d3c-8b2a-190817263544"
      oauth_secret_wo         = var.databricks_oauth_secret
      oauth_secret_wo_version = 1
    }
  }
  base_url = "https://acme.cloud.databricks.com/serving-endpoints"
  integrations = {
    databricks-meta-llama-3-3-70b-instruct = {
      model_id    = "databricks-meta-llama-3-3-70b-instruct"
      model_types = ["chat"]
    }
  }
}
