data "truefoundry_provider_account_aws_claude_platform" "example" {
  name = "aws-claude-platform"
}
