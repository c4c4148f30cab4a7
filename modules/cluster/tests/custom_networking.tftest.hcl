# Pods with subnets of their own, and settings of vpc-cni beside them.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                     = "acme-dev"
  kubernetes_version       = "1.33"
  vpc_id                   = "vpc-1"
  subnet_ids               = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2" }
  control_plane_subnet_ids = { cnn1-az1 = "subnet-c1", cnn1-az2 = "subnet-c2" }
  system_nodes             = { instance_types = ["m7i.large"], min = 2, max = 4, ami = "al2023" }
  addon_configuration      = { vpc-cni = "{\"env\":{\"WARM_PREFIX_TARGET\":\"2\"}}" }
  pod_subnets = {
    cnn1-az1 = { subnet_id = "subnet-p1", zone_name = "cn-north-1a" }
    cnn1-az2 = { subnet_id = "subnet-p2", zone_name = "cn-north-1b" }
  }
}

run "settings_beside_custom_networking" {
  command = plan

  assert {
    condition     = local.vpc_cni_environment.WARM_PREFIX_TARGET == "2" && local.vpc_cni_environment.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG == "true"
    error_message = "One variable is changed, and custom networking stays."
  }
}
