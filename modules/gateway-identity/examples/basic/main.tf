# The gateway's pods call two models and one profile on Bedrock, and one endpoint of SageMaker.

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

module "gateway" {
  source = "../.."

  name        = "acme-dev"
  cluster_arn = "arn:${data.aws_partition.current.partition}:eks:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:cluster/${var.cluster_name}"

  bedrock = {
    models             = ["amazon.nova-pro-v1:0", "amazon.titan-embed-text-v2:0"]
    inference_profiles = ["us.anthropic.claude-sonnet-4-20250514-v1:0"]
  }

  sagemaker = { endpoints = ["reranker"] }
}
