variable "cloudera_private_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "truefoundry_provider_account_cloudera" "example" {
  name = "cloudera"
  auth_data = {
    workload_auth_token = {
      access_key_id          = "8f2c1d0e-workload"
      cdp_base_url           = "https://api.us-west-1.cdp.cloudera.com"
      private_key_wo         = var.cloudera_private_key
      private_key_wo_version = 1
      workload_name          = "truefoundry"
    }
  }
  integrations = {
    llama-3-1-8b-instruct = {
      base_url    = "https://ml.acme.com/namespaces/serving/endpoints/llama"
      model_id    = "llama-3.1-8b-instruct"
      model_types = ["chat"]
    }
  }
}
