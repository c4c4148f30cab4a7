# The same roles with the modules at hand: the pair, those of layers beside it, and these alone.

variable "name" {
  type = string
}

variable "pair" {
  type    = bool
  default = true
}

variable "layers" {
  type    = set(string)
  default = []
}

provider "aws" {
  region = "us-east-1"
}

module "terraform" {
  source = "../hcp-identity"

  name     = var.name
  hcp      = { organization = "acme", project = "ml-platform", workspaces = var.pair ? [var.name] : [] }
  one_pair = var.pair
  layers   = { for layer in var.layers : layer => { workspaces = ["${var.name}-${layer}"] } }
}

output "plan" {
  value = try(module.terraform.layer_role_arns["network"].plan, module.terraform.plan_role_arn)
}

output "apply" {
  value = try(module.terraform.layer_role_arns["network"].apply, module.terraform.apply_role_arn)
}

output "boundary" {
  value = module.terraform.created_roles_boundary
}

output "workspace" {
  value = contains(var.layers, "network") ? "${var.name}-network" : var.name
}
