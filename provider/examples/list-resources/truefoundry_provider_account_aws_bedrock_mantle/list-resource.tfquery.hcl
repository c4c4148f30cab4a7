list "truefoundry_provider_account_aws_bedrock_mantle" "all" {
  provider = truefoundry
}
