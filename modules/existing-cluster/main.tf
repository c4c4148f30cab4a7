# Reads a cluster that somebody else made, checks what the platform needs of it, and answers like the module `cluster`.
# It makes nothing, except a tag when it is told to.

data "aws_eks_cluster" "this" {
  name = var.name

  lifecycle {
    postcondition {
      condition     = self.status == "ACTIVE"
      error_message = "The cluster ${var.name} is ${self.status}. Wait until it is ACTIVE."
    }

    postcondition {
      condition     = strcontains(self.access_config[0].authentication_mode, "API")
      error_message = "The cluster ${var.name} knows no access entries (its authentication mode is ${self.access_config[0].authentication_mode}), so nobody could be let in from here. `aws eks update-cluster-config --name ${var.name} --access-config authenticationMode=API_AND_CONFIG_MAP` adds them; there is no way back."
    }

    postcondition {
      condition     = var.vpc_id == null || self.vpc_config[0].vpc_id == var.vpc_id
      error_message = "The cluster ${var.name} is in ${self.vpc_config[0].vpc_id}, not in `vpc_id` ${coalesce(var.vpc_id, "-")}."
    }

    postcondition {
      condition     = !self.vpc_config[0].endpoint_public_access || !contains(self.vpc_config[0].public_access_cidrs, "0.0.0.0/0")
      error_message = "The API of the cluster ${var.name} is open to the whole internet. `aws eks update-cluster-config --name ${var.name} --resources-vpc-config publicAccessCidrs=...` closes it to all but your networks."
    }
  }
}

data "aws_eks_addon" "required" {
  for_each = var.required_addons

  cluster_name = var.name
  addon_name   = each.key
}

# Not in the way, but worth knowing: a warning, since the cluster belongs to somebody else.
check "control_plane_logs" {
  assert {
    condition     = length(setsubtract(["api", "audit", "authenticator", "controllerManager", "scheduler"], data.aws_eks_cluster.this.enabled_cluster_log_types)) == 0
    error_message = "The cluster ${var.name} does not log ${join(", ", setsubtract(["api", "audit", "authenticator", "controllerManager", "scheduler"], data.aws_eks_cluster.this.enabled_cluster_log_types))}."
  }
}

resource "aws_ec2_tag" "karpenter_discovery" {
  count = var.set_discovery_tag ? 1 : 0

  resource_id = data.aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  key         = "karpenter.sh/discovery"
  value       = var.name
}
