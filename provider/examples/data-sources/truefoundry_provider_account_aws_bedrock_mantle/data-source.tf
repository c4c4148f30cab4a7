data "truefoundry_provider_account_aws_bedrock_mantle" "example" {
  name = "aws-bedrock-mantle"
}
