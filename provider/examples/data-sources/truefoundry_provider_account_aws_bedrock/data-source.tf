data "truefoundry_provider_account_aws_bedrock" "main" {
  name = "bedrock"
}
