# The runs of three HCP Terraform workspaces plan and apply with roles of their own, without keys.

module "terraform" {
  source = "../.."

  name = "acme-dev"

  hcp = {
    organization = "acme"
    project      = "ml-platform"
    workspaces   = ["acme-dev-network", "acme-dev-cluster", "acme-dev-data"]
  }
}
