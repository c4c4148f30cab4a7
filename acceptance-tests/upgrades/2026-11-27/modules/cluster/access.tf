# Access entries only: no aws-auth ConfigMap. The nodes' entry is made by EKS with the managed node group.

resource "aws_eks_access_entry" "admin" {
  for_each = var.admins

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = each.value
  type          = "STANDARD"
}

resource "aws_eks_access_policy_association" "admin" {
  for_each = var.admins

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.admin[each.key].principal_arn
  policy_arn    = "arn:${local.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}

# Everybody else: the narrowest of EKS's policies that does, in the namespaces that it takes.
resource "aws_eks_access_entry" "other" {
  for_each = var.access_entries

  cluster_name      = aws_eks_cluster.this.name
  principal_arn     = each.value.principal_arn
  type              = each.value.type
  kubernetes_groups = length(each.value.kubernetes_groups) > 0 ? each.value.kubernetes_groups : null
}

resource "aws_eks_access_policy_association" "other" {
  for_each = merge([
    for name, entry in var.access_entries : {
      for policy, namespaces in entry.policies : "${name}/${policy}" => { entry = name, policy = policy, namespaces = namespaces }
    }
  ]...)

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.other[each.value.entry].principal_arn
  policy_arn    = "arn:${local.partition}:eks::aws:cluster-access-policy/${each.value.policy}"

  access_scope {
    type       = length(each.value.namespaces) > 0 ? "namespace" : "cluster"
    namespaces = length(each.value.namespaces) > 0 ? each.value.namespaces : null
  }
}
