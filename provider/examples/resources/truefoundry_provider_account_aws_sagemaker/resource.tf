resource "truefoundry_provider_account_aws_sagemaker" "example" {
  name = "aws-sagemaker"
  auth_data = {
    assumed_role = {
      assumed_role_arn = "arn:aws:iam::123456789012:role/truefoundry-models"
    }
  }
  integrations = {
    ranker-endpoint = {
      model_id    = "ranker-endpoint"
      model_types = ["chat"]
    }
  }
  region = "us-east-1"
}
