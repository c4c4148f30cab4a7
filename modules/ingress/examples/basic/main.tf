# HTTPS from two networks to the gateway of a cluster that exists. The subnets are found by their tags.

data "aws_eks_cluster" "this" {
  name = var.cluster_name
}

data "aws_subnets" "public" {
  filter {
    name   = "vpc-id"
    values = [data.aws_eks_cluster.this.vpc_config[0].vpc_id]
  }

  tags = { "kubernetes.io/role/elb" = "1" }
}

data "aws_subnet" "public" {
  for_each = toset(data.aws_subnets.public.ids)

  id = each.key
}

module "ingress" {
  source = "../.."

  name         = "acme-dev"
  vpc_id       = data.aws_eks_cluster.this.vpc_config[0].vpc_id
  subnet_ids   = { for subnet in data.aws_subnet.public : subnet.availability_zone_id => subnet.id }
  domains      = ["*.${var.domain}", var.domain]
  dns          = { zone_id = var.zone_id }
  allowed_from = { office = "203.0.113.0/24", vpn = "198.51.100.7/32" }

  default_target           = "gateway"
  target_security_group_id = data.aws_eks_cluster.this.vpc_config[0].cluster_security_group_id

  targets = {
    gateway = {
      port    = 8443
      service = { namespace = "istio-system", name = "tfy-istio-ingress", port = 443 }
      health  = { port = 15021, path = "/healthz/ready", protocol = "HTTP" }
    }
  }
}
