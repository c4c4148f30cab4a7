resource "truefoundry_provider_account_aws_claude_platform" "example" {
  name = "aws-claude-platform"
  auth_data = {
    assumed_role = {
      assumed_role_arn = "arn:aws:iam::123456789012:role/truefoundry-models"
    }
  }
  integrations = {
    claude-sonnet-4-5 = {
      model_id    = "claude-sonnet-4-5"
      model_types = ["chat"]
    }
  }
  region       = "us-east-1"
  workspace_id = "wrkspc_01AbCdEf"
}
