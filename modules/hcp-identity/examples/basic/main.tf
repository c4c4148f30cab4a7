# Each layer's workspace plans and applies with roles of its own, without keys.

module "terraform" {
  source = "../.."

  name = "acme-dev"

  hcp = {
    organization = "acme"
    project      = "ml-platform"
  }

  layers = {
    network = { workspaces = ["acme-dev-network"] }
    cluster = { workspaces = ["acme-dev-cluster"] }
    data    = { workspaces = ["acme-dev-data"] }
    addons  = { workspaces = ["acme-dev-addons"] }
  }
}
