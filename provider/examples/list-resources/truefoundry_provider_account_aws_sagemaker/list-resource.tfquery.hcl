list "truefoundry_provider_account_aws_sagemaker" "all" {
  provider = truefoundry
}
