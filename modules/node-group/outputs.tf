output "name" {
  description = "Name of the node group, with its suffix."
  value       = aws_eks_node_group.this.node_group_name
}

output "arn" {
  description = "ARN of the node group."
  value       = aws_eks_node_group.this.arn
}

output "ami_type" {
  description = "The EKS image family of the nodes."
  value       = aws_eks_node_group.this.ami_type
}

output "autoscaling_group_names" {
  description = "Names of the Auto Scaling groups that EKS made for the group, for alarms."
  value       = flatten([for resources in aws_eks_node_group.this.resources : resources.autoscaling_groups[*].name])
}

output "launch_template_id" {
  description = "ID of the launch template."
  value       = aws_launch_template.this.id
}

output "node_role_arn" {
  description = "ARN of the nodes' role, made here or given."
  value       = local.node_role_arn

  depends_on = [aws_iam_role_policy_attachment.node]
}
