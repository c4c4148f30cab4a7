resource "truefoundry_provider_account_aws" "main" {
  name           = "main"
  aws_account_id = "123456789012"
  auth_data = {
    assumed_role = {
      assumed_role_arn = "arn:aws:iam::123456789012:role/truefoundry-platform"
      external_id      = "3f1a6a52-6b7e-4a55-9f0e-2f5c7a0f1a11"
    }
  }
  integrations = {
    artifacts = { s3 = { storage_root = "s3://acme-artifacts/truefoundry", region = "us-east-1" } }
    images    = { ecr = { registry_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com" } }
    secrets   = { secrets_manager = { region = "us-east-1" } }
  }
}
