# What the project's modules do not use, or not in every way: each must plan empty after it was applied.
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "us-east-1"
  default_tags { tags = { project = "check" } }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals { account = data.aws_caller_identity.current.account_id }

