mock_data "aws_eks_cluster" {
  defaults = {
    status                    = "ACTIVE"
    version                   = "1.33"
    access_config             = [{ authentication_mode = "API", bootstrap_cluster_creator_admin_permissions = false }]
    vpc_config                = [{ vpc_id = "vpc-1", endpoint_public_access = false, public_access_cidrs = [], cluster_security_group_id = "sg-cluster", endpoint_private_access = true, security_group_ids = [], subnet_ids = [] }]
    identity                  = [{ oidc = [{ issuer = "https://oidc.example.com/id/X" }] }]
    certificate_authority     = [{ data = "bW9ja2Vk" }]
    enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  }
}

mock_data "aws_eks_addon" {
  defaults = {
    addon_version = "v1.0.0-eksbuild.1"
  }
}
