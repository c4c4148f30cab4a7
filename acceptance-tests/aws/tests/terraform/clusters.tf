resource "aws_eks_cluster" "auto" {
  name                          = "auto"
  version                       = "1.34"
  role_arn                      = aws_iam_role.this.arn
  bootstrap_self_managed_addons = false
  enabled_cluster_log_types     = []
  access_config { authentication_mode = "API" }
  compute_config {
    enabled       = true
    node_pools    = ["general-purpose", "system"]
    node_role_arn = aws_iam_role.this.arn
  }
  kubernetes_network_config {
    elastic_load_balancing { enabled = true }
    service_ipv4_cidr = "10.100.0.0/16"
  }
  storage_config {
    block_storage { enabled = true }
  }
  zonal_shift_config { enabled = true }
  vpc_config {
    subnet_ids              = [for s in aws_subnet.this : s.id]
    security_group_ids      = [aws_security_group.server.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }
  tags = { a = "b" }
}

resource "aws_eks_access_entry" "viewer" {
  cluster_name      = aws_eks_cluster.auto.name
  principal_arn     = aws_iam_role.this.arn
  kubernetes_groups = ["viewers"]
  user_name         = "me"
}

resource "aws_eks_access_policy_association" "viewer" {
  cluster_name  = aws_eks_cluster.auto.name
  principal_arn = aws_eks_access_entry.viewer.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
  access_scope {
    type       = "namespace"
    namespaces = ["a", "b"]
  }
}

resource "aws_eks_pod_identity_association" "this" {
  cluster_name    = aws_eks_cluster.auto.name
  namespace       = "n"
  service_account = "s"
  role_arn        = aws_iam_role.this.arn
}

resource "aws_eks_addon" "efs" {
  cluster_name         = aws_eks_cluster.auto.name
  addon_name           = "aws-efs-csi-driver"
  configuration_values = jsonencode({ a = 1 })
  pod_identity_association {
    role_arn        = aws_iam_role.this.arn
    service_account = "efs-csi-controller-sa"
  }
}

data "aws_eks_cluster" "auto" { name = aws_eks_cluster.auto.name }

data "aws_eks_cluster_auth" "auto" { name = aws_eks_cluster.auto.name }

data "aws_eks_cluster_versions" "all" {}

data "aws_eks_addon" "efs" {
  cluster_name = aws_eks_cluster.auto.name
  addon_name   = aws_eks_addon.efs.addon_name
}

resource "aws_eks_cluster" "plain" {
  name     = "c"
  role_arn = aws_iam_role.this.arn
  access_config {
    authentication_mode                         = "API_AND_CONFIG_MAP"
    bootstrap_cluster_creator_admin_permissions = false
  }
  vpc_config { subnet_ids = [for s in aws_subnet.this : s.id] }
}

resource "aws_launch_template" "nodes" {
  name          = "check"
  image_id      = data.aws_ssm_parameter.image.value
  user_data     = base64encode("#!/bin/sh")
  ebs_optimized = true
  monitoring { enabled = true }
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    http_endpoint               = "enabled"
    instance_metadata_tags      = "disabled"
  }
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size           = 50
      volume_type           = "gp3"
      encrypted             = true
      kms_key_id            = aws_kms_key.all.arn
      delete_on_termination = true
    }
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "n" }
  }
  tag_specifications {
    resource_type = "volume"
    tags          = { Name = "n" }
  }
  network_interfaces {
    associate_public_ip_address = false
    security_groups             = [aws_security_group.server.id]
    delete_on_termination       = true
  }
}

resource "aws_eks_node_group" "spot" {
  cluster_name           = aws_eks_cluster.plain.name
  node_group_name_prefix = "check-"
  node_role_arn          = aws_iam_role.this.arn
  subnet_ids             = [for s in aws_subnet.this : s.id]
  instance_types         = ["m7g.large", "m6g.large"]
  capacity_type          = "SPOT"
  ami_type               = "AL2023_ARM_64_STANDARD"
  scaling_config {
    desired_size = 1
    max_size     = 2
    min_size     = 0
  }
  node_repair_config { enabled = true }
  labels = { a = "b" }
  taint {
    key    = "k"
    effect = "NO_EXECUTE"
  }
}
