output "name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.this.name
}

output "arn" {
  description = "ARN of the cluster."
  value       = aws_eks_cluster.this.arn
}

output "endpoint" {
  description = "URL of the Kubernetes API."
  value       = aws_eks_cluster.this.endpoint
}

output "certificate_authority_data" {
  description = "Certificate authority of the Kubernetes API, PEM in base64."
  value       = aws_eks_cluster.this.certificate_authority[0].data
}

output "version" {
  description = "Kubernetes version of the control plane."
  value       = aws_eks_cluster.this.version
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
}

output "node_role_arn" {
  description = "ARN of the nodes' role."
  value       = aws_iam_role.node.arn
}

output "auto_node_role_arn" {
  description = "ARN of the role of nodes of your own pools in Auto Mode, or null without such pools."
  value       = one(aws_iam_role.auto_own[*].arn)
}

output "auto_node_role_name" {
  description = "Name of that role, what `spec.role` of a NodeClass of Auto Mode takes."
  value       = one(aws_iam_role.auto_own[*].name)
}

output "addon_role_arns" {
  description = "Add-on => ARN of its role, of those that have one."
  value       = { for name, role in aws_iam_role.addon : name => role.arn if contains(keys(local.addon_roles), name) }
}

output "reserved_enis" {
  description = "Network interfaces of a node that give pods no addresses: 1 with `pod_subnets`, else 0. Karpenter counts with it."
  value       = local.custom_networking ? 1 : 0
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts Kubernetes secrets and the control plane's logs."
  value       = local.key_arn
}
