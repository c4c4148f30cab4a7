# A dual-stack network in two zones, with a block of its own for pods.

module "network" {
  source = "../.."

  name                = "acme-dev"
  cidr                = "10.20.0.0/16"
  zones               = var.zones
  pods_cidr           = "100.64.0.0/16"
  ipv6                = true
  nat                 = { mode = "single" }
  interface_endpoints = ["ecr.api", "ecr.dkr", "sts"]
  cluster_name        = "acme-dev"
}
