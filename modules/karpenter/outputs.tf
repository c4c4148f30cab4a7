output "controller_role_arn" {
  description = "ARN of the controller's role."
  value       = aws_iam_role.controller.arn

  depends_on = [aws_eks_pod_identity_association.controller, aws_iam_role_policy.controller, aws_iam_role_policy.pass_node_role]
}

output "node_role_arn" {
  description = "ARN of the role of Karpenter's nodes, made here or given."
  value       = local.node_role_arn

  depends_on = [
    aws_eks_access_entry.node,
    aws_iam_role_policy.pull_through_cache,
    aws_iam_role_policy_attachment.node,
  ]
}

output "node_role_name" {
  description = "Name of that role, what `spec.role` of an EC2NodeClass takes."
  value       = local.node_role_name

  depends_on = [
    aws_eks_access_entry.node,
    aws_iam_role_policy.pull_through_cache,
    aws_iam_role_policy_attachment.node,
  ]
}

output "instance_profile_name" {
  description = "Name of the nodes' instance profile, what `spec.instanceProfile` of an EC2NodeClass takes, or null without `instance_profile`."
  value       = one(aws_iam_instance_profile.node[*].name)

  depends_on = [
    aws_eks_access_entry.node,
    aws_iam_role_policy.pull_through_cache,
    aws_iam_role_policy_attachment.node,
  ]
}

output "queue_name" {
  description = "Name of the interruption queue, or null."
  value       = one(aws_sqs_queue.interruption[*].name)

  depends_on = [aws_cloudwatch_event_target.interruption]
}

output "discovery_tags" {
  description = "Tags by which EC2NodeClasses find subnets and the security group. The modules network and cluster set them."
  value       = { "karpenter.sh/discovery" = var.cluster_name }
}

output "namespace" {
  description = "Namespace in which the chart is to be installed."
  value       = var.namespace
}

output "chart_values" {
  description = "Values for the `karpenter` chart that belong to what was made here."
  value = {
    serviceAccount = {
      name        = var.service_account
      annotations = local.irsa ? { "eks.amazonaws.com/role-arn" = aws_iam_role.controller.arn } : {}
    }
    settings = merge(
      {
        clusterName       = var.cluster_name
        interruptionQueue = var.interruption_queue ? aws_sqs_queue.interruption[0].name : ""
      },
      { for name, value in { isolatedVPC = var.isolated_vpc } : name => value if value },
      # The chart takes it as text.
      { for name, value in { reservedENIs = tostring(var.reserved_enis) } : name => value if var.reserved_enis > 0 },
    )
  }

  # The controller starts nodes as soon as it is there, and on destroy goes before what they need.
  depends_on = [
    aws_cloudwatch_event_target.interruption,
    aws_eks_access_entry.node,
    aws_eks_pod_identity_association.controller,
    aws_iam_role_policy.controller,
    aws_iam_role_policy.pass_node_role,
    aws_iam_role_policy_attachment.node,
  ]
}
