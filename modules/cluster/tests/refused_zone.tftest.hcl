# A cluster that is made in a region where EKS refuses one of the zones.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                     = "acme-dev"
  kubernetes_version       = "1.33"
  vpc_id                   = "vpc-1"
  subnet_ids               = { cnn1-az1 = "subnet-n1", cnn1-az2 = "subnet-n2" }
  control_plane_subnet_ids = { use1-az1 = "subnet-c1", use1-az2 = "subnet-c2", use1-az3 = "subnet-c3" }
  system_nodes             = { instance_types = ["m7i.large", "m6i.large"], min = 2, max = 4, ami = "al2023" }
}

run "zone_without_control_plane" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].subnet_ids == toset(["subnet-c1", "subnet-c2"])
    error_message = "The zone that EKS refuses is left out."
  }
}
