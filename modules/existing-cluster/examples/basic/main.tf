module "cluster" {
  source = "../.."

  name = var.cluster_name
}
