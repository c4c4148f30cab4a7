data "truefoundry_provider_account_aws_sagemaker" "example" {
  name = "aws-sagemaker"
}
