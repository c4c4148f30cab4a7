resource "truefoundry_provider_account_aws_bedrock_mantle" "example" {
  name = "aws-bedrock-mantle"
  auth_data = {
    assumed_role = {
      assumed_role_arn = "arn:aws:iam::123456789012:role/truefoundry-models"
    }
  }
  integrations = {
    openai-gpt-oss-120b = {
      model_id    = "openai.gpt-oss-120b"
      model_types = ["chat"]
    }
  }
  region = "us-east-1"
}
