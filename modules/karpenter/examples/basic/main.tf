# What Karpenter needs of AWS, for a cluster that exists.

module "karpenter" {
  source = "../.."

  cluster_name = var.cluster_name
}
