list "truefoundry_provider_account_aws_bedrock" "all" {
  provider = truefoundry
}
