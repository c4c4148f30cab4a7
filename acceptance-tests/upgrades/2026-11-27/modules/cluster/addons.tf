locals {
  # Needed by a node before it is ready: without vpc-cni there is no pod network, without the agent vpc-cni has no credentials.
  addons_before_nodes = toset(concat(
    ["kube-proxy", "vpc-cni"],
    local.irsa ? [] : ["eks-pod-identity-agent"],
  ))

  # Deployments, which are healthy only when there are nodes to run on.
  addons_after_nodes = setunion(["aws-ebs-csi-driver", "coredns", "eks-node-monitoring-agent"], var.extra_addons)

  custom_networking = length(var.pod_subnets) > 0

  vpc_cni_configuration = {
    enableNetworkPolicy = "true"
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENABLE_PREFIX_DELEGATION           = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
      WARM_PREFIX_TARGET                 = "1"
    }
    # One ENIConfig per zone, named like the zone, which is how a node finds its own by the label above.
    eniConfig = {
      create = true
      region = local.region
      subnets = {
        for zone in var.pod_subnets : zone.zone_name => {
          id             = zone.subnet_id
          securityGroups = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]
        }
      }
    }
  }

  given_configuration = { for name, text in var.addon_configuration : name => jsondecode(text) }

  # What is given goes over what is ours, in `env` variable by variable.
  addon_configuration = merge(
    { for name, text in var.addon_configuration : name => jsonencode(jsondecode(text)) if name != "vpc-cni" },
    {
      vpc-cni = jsonencode(merge(
        { for key, value in local.vpc_cni_configuration : key => value if key == "enableNetworkPolicy" || local.custom_networking },
        try(local.given_configuration["vpc-cni"], {}),
        length(local.vpc_cni_environment) == 0 ? {} : { env = local.vpc_cni_environment },
      ))
    },
  )
  vpc_cni_environment = merge(
    local.custom_networking ? local.vpc_cni_configuration.env : {},
    try(local.given_configuration["vpc-cni"].env, {}),
  )
}

# Keyed on the variable, never on the cluster's attribute: a cluster with pending changes would make every version unknown.
data "aws_eks_addon_version" "default" {
  for_each = setunion(local.addons_before_nodes, local.addons_after_nodes)

  addon_name         = each.key
  kubernetes_version = var.kubernetes_version
}

resource "aws_eks_addon" "before_nodes" {
  for_each = local.addons_before_nodes

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, data.aws_eks_addon_version.default[each.key].version)
  configuration_values        = lookup(local.addon_configuration, each.key, null)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  service_account_role_arn    = local.irsa && contains(keys(local.addon_roles), each.key) ? aws_iam_role.addon[each.key].arn : null

  dynamic "pod_identity_association" {
    for_each = { for name, role in local.addon_roles : name => role if name == each.key && !local.irsa }

    content {
      role_arn        = aws_iam_role.addon[pod_identity_association.key].arn
      service_account = pod_identity_association.value.service_account
    }
  }

  # vpc-cni must not start before its rights are there, and on destroy must keep them until it is gone.
  depends_on = [
    aws_iam_role_policy.vpc_cni_ipv6,
    aws_iam_role_policy_attachment.addon,
  ]
}

resource "aws_eks_addon" "after_nodes" {
  for_each = local.addons_after_nodes

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, data.aws_eks_addon_version.default[each.key].version)
  configuration_values        = lookup(local.addon_configuration, each.key, null)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  service_account_role_arn    = local.irsa && contains(keys(local.addon_roles), each.key) ? aws_iam_role.addon[each.key].arn : null

  dynamic "pod_identity_association" {
    for_each = { for name, role in local.addon_roles : name => role if name == each.key && !local.irsa }

    content {
      role_arn        = aws_iam_role.addon[pod_identity_association.key].arn
      service_account = pod_identity_association.value.service_account
    }
  }

  depends_on = [
    aws_eks_node_group.system,
    aws_iam_role_policy_attachment.addon,
  ]
}
