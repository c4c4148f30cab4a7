# What Karpenter needs of AWS, for a cluster that exists, with an instance profile for the vendor's node classes.

module "karpenter" {
  source = "../.."

  cluster_name     = var.cluster_name
  instance_profile = true
  reserved_enis    = 1
}
