output "name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.this.name

  # Whose nodes join the cluster by its name needs the network plugin, and on destroy leaves before it.
  depends_on = [aws_eks_addon.before_nodes, aws_ec2_tag.karpenter_discovery]
}

output "arn" {
  description = "ARN of the cluster."
  value       = aws_eks_cluster.this.arn

  depends_on = [aws_eks_addon.before_nodes]
}

output "endpoint" {
  description = "URL of the Kubernetes API."
  value       = aws_eks_cluster.this.endpoint

  # Who installs something by it is let in.
  depends_on = [
    aws_eks_addon.before_nodes,
    aws_eks_access_policy_association.admin,
    aws_eks_access_policy_association.other,
    aws_vpc_security_group_ingress_rule.api,
  ]
}

output "certificate_authority_data" {
  description = "Certificate authority of the Kubernetes API, PEM in base64."
  value       = aws_eks_cluster.this.certificate_authority[0].data

  depends_on = [
    aws_eks_addon.before_nodes,
    aws_eks_access_policy_association.admin,
    aws_eks_access_policy_association.other,
    aws_vpc_security_group_ingress_rule.api,
  ]
}

output "version" {
  description = "Kubernetes version of the control plane."
  value       = aws_eks_cluster.this.version

  depends_on = [aws_eks_addon.before_nodes]
}

output "oidc_issuer" {
  description = "URL of the cluster's OIDC issuer."
  value       = aws_eks_cluster.this.identity[0].oidc[0].issuer
}

output "oidc_provider_arn" {
  description = "ARN of the IAM OIDC provider; null with pod identity."
  value       = one(aws_iam_openid_connect_provider.this[*].arn)
}

output "security_group_id" {
  description = "The cluster security group, which control plane and nodes carry and Karpenter discovers."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id

  depends_on = [aws_ec2_tag.karpenter_discovery]
}

output "node_role_arn" {
  description = "ARN of the nodes' role."
  value       = aws_iam_role.node.arn

  depends_on = [aws_iam_role_policy.pull_through_cache, aws_iam_role_policy_attachment.node]
}

output "auto_node_role_arn" {
  description = "ARN of the role of nodes of your own pools in Auto Mode, or null without such pools."
  value       = one(aws_iam_role.auto_own[*].arn)

  depends_on = [
    aws_eks_access_policy_association.auto_own,
    aws_iam_role_policy.pull_through_cache,
    aws_iam_role_policy_attachment.auto_own,
  ]
}

output "auto_node_role_name" {
  description = "Name of that role, what `spec.role` of a NodeClass of Auto Mode takes."
  value       = one(aws_iam_role.auto_own[*].name)

  depends_on = [
    aws_eks_access_policy_association.auto_own,
    aws_iam_role_policy.pull_through_cache,
    aws_iam_role_policy_attachment.auto_own,
  ]
}

output "addon_role_arns" {
  description = "Add-on => ARN of its role, of those that have one."
  value       = { for name, role in aws_iam_role.addon : name => role.arn if contains(keys(local.addon_roles), name) }

  depends_on = [
    aws_iam_role_policy.addon,
    aws_iam_role_policy.vpc_cni_ipv6,
    aws_iam_role_policy_attachment.addon,
  ]
}

output "reserved_enis" {
  description = "Network interfaces of a node that give pods no addresses: 1 with `pod_subnets`, else 0. Karpenter counts with it."
  value       = local.custom_networking ? 1 : 0
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts Kubernetes secrets and the control plane's logs."
  value       = local.key_arn
}
