resource "truefoundry_provider_account_aws_bedrock" "main" {
  name   = "bedrock"
  region = "us-east-1"
  auth_data = {
    assumed_role = {
      assumed_role_arn = "arn:aws:iam::123456789012:role/truefoundry-bedrock"
    }
  }
  integrations = {
    nova-pro = {
      model_id    = "amazon.nova-pro-v1:0"
      model_types = ["chat"]
    }
    titan-embed = {
      model_id    = "amazon.titan-embed-text-v2:0"
      model_types = ["embedding"]
    }
  }
}
