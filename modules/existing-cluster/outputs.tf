output "name" {
  description = "Name of the cluster."
  value       = data.aws_eks_cluster.this.name

  # Not before what the platform needs of it is there.
  depends_on = [aws_ec2_tag.karpenter_discovery, data.aws_eks_addon.required]
}

output "arn" {
  description = "ARN of the cluster."
  value       = data.aws_eks_cluster.this.arn

  depends_on = [aws_ec2_tag.karpenter_discovery, data.aws_eks_addon.required]
}

output "endpoint" {
  description = "URL of the Kubernetes API."
  value       = data.aws_eks_cluster.this.endpoint

  depends_on = [aws_ec2_tag.karpenter_discovery, data.aws_eks_addon.required]
}

output "certificate_authority_data" {
  description = "Certificate authority of the Kubernetes API, PEM in base64."
  value       = data.aws_eks_cluster.this.certificate_authority[0].data

  depends_on = [aws_ec2_tag.karpenter_discovery, data.aws_eks_addon.required]
}

output "version" {
  description = "Kubernetes version of the control plane."
  value       = data.aws_eks_cluster.this.version

  depends_on = [aws_ec2_tag.karpenter_discovery, data.aws_eks_addon.required]
}

output "oidc_issuer" {
  description = "URL of the cluster's OIDC issuer."
  value       = data.aws_eks_cluster.this.identity[0].oidc[0].issuer
}

output "security_group_id" {
  description = "The cluster security group, which control plane and nodes carry."
  value       = data.aws_eks_cluster.this.vpc_config[0].cluster_security_group_id

  depends_on = [aws_ec2_tag.karpenter_discovery, data.aws_eks_addon.required]
}

output "ip_family" {
  description = "Addresses of pods and services: `ipv4` or `ipv6`."
  value       = try(data.aws_eks_cluster.this.kubernetes_network_config[0].ip_family, "ipv4") # before there was a choice, nothing was told
}

output "vpc_id" {
  description = "VPC of the cluster."
  value       = data.aws_eks_cluster.this.vpc_config[0].vpc_id
}

output "addon_versions" {
  description = "Add-on => its version, of those that were required."
  value       = { for name, addon in data.aws_eks_addon.required : name => addon.addon_version }
}
