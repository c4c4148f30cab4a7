module "cluster" {
  support_type          = "EXTENDED"
  addon_configuration   = { coredns = jsonencode({ replicaCount = 3 }) }
  addon_versions        = { coredns = "v1.11.4-eksbuild.28" }
  addons                = { eks-node-monitoring-agent = { enabled = false } }
  auto_mode             = { node_pools = ["general-purpose"] }
  service_ipv4_cidr     = "172.20.0.0/16"
  security_group_ids    = { tools = aws_security_group.tools.id }
  node_policy_arns      = { ssm = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }
  zonal_shift           = true
  force_version_upgrade = true
  kms_key_arn           = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  log_types             = ["api", "audit"]

  access_entries = {
    readers = { principal_arn = aws_iam_role.readers.arn, policies = { AmazonEKSViewPolicy = [] } }
  }
}

module "jump_host" {
  instance_type = "t4g.micro"
}
