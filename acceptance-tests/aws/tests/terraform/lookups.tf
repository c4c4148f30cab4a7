data "aws_servicequotas_service_quota" "vpcs" {
  service_code = "vpc"
  quota_name   = "VPCs per Region"
}

data "aws_bedrock_foundation_models" "anthropic" { by_provider = "Anthropic" }

data "aws_bedrock_inference_profiles" "all" {}

data "aws_vpc_endpoint_service" "eks_auth" { service = "eks-auth" }

data "aws_subnets" "this" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.this.id]
  }
}

data "aws_elb_service_account" "this" {}

data "aws_ec2_instance_type" "this" { instance_type = "m7i.large" }

data "aws_ec2_instance_type_offerings" "this" {
  filter {
    name   = "instance-type"
    values = ["m7i.large"]
  }
  location_type = "availability-zone-id"
}

data "aws_iam_policy" "cluster" { name = "AmazonEKSClusterPolicy" }

data "aws_kms_alias" "s3" { name = "alias/aws/s3" }

data "aws_secretsmanager_secret" "this" { arn = aws_secretsmanager_secret.this.arn }
