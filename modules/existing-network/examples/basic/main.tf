# The subnets of a VPC that exists, found by tags, checked for a cluster.

data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [var.vpc_id]
  }

  tags = { subnet = "private" }
}

module "network" {
  source = "../.."

  vpc_id             = var.vpc_id
  private_subnet_ids = data.aws_subnets.private.ids
  cluster_name       = "acme-dev"
  set_tags           = true
}
