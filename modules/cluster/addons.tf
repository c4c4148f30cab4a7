locals {
  # What every cluster gets unless it is left out. The agent is for pod identity alone.
  default_addons = setunion(
    ["aws-ebs-csi-driver", "coredns", "eks-node-monitoring-agent", "kube-proxy", "vpc-cni"],
    local.irsa ? [] : ["eks-pod-identity-agent"],
  )
  wanted_addons = setsubtract(
    setunion(local.default_addons, var.extra_addons, [for name, addon in var.addons : name if addon.enabled]),
    [for name, addon in var.addons : name if !addon.enabled],
  )

  # Needed by a node before it is ready: without vpc-cni there is no pod network, without the agent vpc-cni has no credentials.
  addons_before_nodes = setintersection(local.wanted_addons, ["eks-pod-identity-agent", "kube-proxy", "vpc-cni"])

  # Deployments, which are healthy only when there are nodes to run on.
  addons_after_nodes = setsubtract(local.wanted_addons, local.addons_before_nodes)

  pinned_versions     = merge(var.addon_versions, { for name, addon in var.addons : name => addon.version if addon.version != null })
  configuration_texts = merge(var.addon_configuration, { for name, addon in var.addons : name => addon.configuration if addon.configuration != null })

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

  # By this tag a volume that outlives its cluster says whose it was. The add-on's schema takes no tag of the driver's own for it, and the driver none that
  # begins with `kubernetes.io`; AWS's policy for one cluster knows volumes by this one.
  volume_tags = { "ebs.csi.aws.com/cluster-name" = var.name }

  given_configuration = { for name, text in local.configuration_texts : name => jsondecode(text) }

  # What is given goes over what is ours, in `env` variable by variable.
  addon_configuration = merge(
    { for name, text in local.configuration_texts : name => jsonencode(jsondecode(text)) if name != "vpc-cni" },
    {
      aws-ebs-csi-driver = jsonencode(merge(
        try(local.given_configuration["aws-ebs-csi-driver"], {}),
        { controller = merge(
          try(local.given_configuration["aws-ebs-csi-driver"].controller, {}),
          { extraVolumeTags = merge(local.volume_tags, try(local.given_configuration["aws-ebs-csi-driver"].controller.extraVolumeTags, {})) },
        ) },
      ))
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
  for_each = local.wanted_addons

  addon_name         = each.key
  kubernetes_version = var.kubernetes_version
}

resource "aws_eks_addon" "before_nodes" {
  for_each = local.addons_before_nodes

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(local.pinned_versions, each.key, data.aws_eks_addon_version.default[each.key].version)
  configuration_values        = lookup(local.addon_configuration, each.key, null)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  preserve                    = each.key == "vpc-cni" ? true : null # nodes that are still there keep their network
  service_account_role_arn    = local.irsa && contains(keys(local.addon_roles), each.key) ? aws_iam_role.addon[each.key].arn : null

  dynamic "pod_identity_association" {
    for_each = { for name, role in local.addon_roles : name => role if name == each.key && role.by_addon && !local.irsa }

    content {
      role_arn        = aws_iam_role.addon[pod_identity_association.key].arn
      service_account = pod_identity_association.value.service_account
    }
  }

  lifecycle {
    create_before_destroy = true # the agent goes after the others have roles without it
  }

  # vpc-cni must not start before its rights are there, and on destroy must keep them until it is gone.
  depends_on = [
    aws_iam_role_policy.addon,
    aws_iam_role_policy.vpc_cni_ipv6,
    aws_iam_role_policy_attachment.addon,
  ]
}

resource "aws_eks_addon" "after_nodes" {
  for_each = local.addons_after_nodes

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(local.pinned_versions, each.key, data.aws_eks_addon_version.default[each.key].version)
  configuration_values        = lookup(local.addon_configuration, each.key, null)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  service_account_role_arn    = local.irsa && contains(keys(local.addon_roles), each.key) ? aws_iam_role.addon[each.key].arn : null

  dynamic "pod_identity_association" {
    for_each = { for name, role in local.addon_roles : name => role if name == each.key && role.by_addon && !local.irsa }

    content {
      role_arn        = aws_iam_role.addon[pod_identity_association.key].arn
      service_account = pod_identity_association.value.service_account
    }
  }

  depends_on = [
    aws_eks_node_group.system,
    aws_eks_pod_identity_association.addon,
    aws_iam_role_policy.addon,
    aws_iam_role_policy_attachment.addon,
  ]
}
