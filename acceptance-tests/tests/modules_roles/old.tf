# As `hcp-identity` was called with the modules of then.

variable "name" {
  type = string
}

provider "aws" {
  region = "us-east-1"
}

module "terraform" {
  source = "../hcp-identity"

  name = var.name
  hcp  = { organization = "acme", project = "ml-platform", workspaces = [var.name] }
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
