module "network" {
  public_subnets = true
}
