locals {
  cluster_tags = var.cluster_name == null ? {} : { "kubernetes.io/cluster/${var.cluster_name}" = "shared" }

  wanted_tags = var.cluster_name == null ? {} : {
    private = merge(local.cluster_tags, { "kubernetes.io/role/internal-elb" = "1", "karpenter.sh/discovery" = var.cluster_name })
    public  = merge(local.cluster_tags, { "kubernetes.io/role/elb" = "1" })
  }

  tags = merge([
    for kind, tags in local.wanted_tags : merge([
      for subnet in local.given[kind] : { for key, value in tags : "${subnet}/${key}" => { subnet = subnet, key = key, value = value } }
    ]...)
  ]...)

  missing_tags = { for name, tag in local.tags : name => tag if lookup(data.aws_subnet.this[tag.subnet].tags, tag.key, null) != tag.value }
}

# All wanted ones, not only those that are missing: a tag that was just set must not fall out of the next plan.
resource "aws_ec2_tag" "this" {
  for_each = var.set_tags ? local.tags : {}

  resource_id = each.value.subnet
  key         = each.value.key
  value       = each.value.value
}
