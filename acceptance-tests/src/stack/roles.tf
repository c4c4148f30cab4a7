# Whoever bootstraps makes the roles of Terraform's runs, and says what belongs to others.

variable "name" {
  type = string
}

variable "given" {
  type    = any
  default = {}
}

variable "managed_names" {
  type    = set(string)
  default = []
}

variable "role_names" {
  type    = set(string)
  default = []
}

provider "aws" {
  region = "us-east-1"
}

data "aws_partition" "current" {}

# The examples make a zone of their own, which no module does.
resource "aws_iam_policy" "zones" {
  name = "zones-of-${var.name}"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "MakeZones"
        Effect   = "Allow"
        Action   = ["route53:CreateHostedZone", "route53:ListHostedZones"]
        Resource = "*"
      },
      {
        Sid    = "KeepZones"
        Effect = "Allow"
        Action = [
          "route53:ChangeResourceRecordSets",
          "route53:ChangeTagsForResource",
          "route53:DeleteHostedZone",
          "route53:GetHostedZone",
          "route53:ListResourceRecordSets",
          "route53:ListTagsForResource",
        ]
        Resource = "arn:${data.aws_partition.current.partition}:route53:::hostedzone/*"
      },
      {
        Sid      = "WaitForChanges"
        Effect   = "Allow"
        Action   = "route53:GetChange"
        Resource = "arn:${data.aws_partition.current.partition}:route53:::change/*"
      },
    ]
  })
}

module "terraform" {
  source = "../hcp-identity"

  name              = var.name
  hcp               = { organization = "acme", project = "ml-platform", workspaces = [var.name] }
  given             = var.given
  managed_names     = var.managed_names
  role_names        = var.role_names
  owner_tags        = { platform_values = [var.name] }
  apply_policy_arns = { zones = aws_iam_policy.zones.arn }
}

output "workspace" {
  value = var.name
}

output "plan" {
  value = module.terraform.plan_role_arn
}

output "apply" {
  value = module.terraform.apply_role_arn
}

output "boundary" {
  value = module.terraform.created_roles_boundary
}
