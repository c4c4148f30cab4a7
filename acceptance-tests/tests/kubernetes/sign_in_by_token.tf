terraform {
  required_providers {
    aws        = { source = "hashicorp/aws" }
    kubernetes = { source = "hashicorp/kubernetes" }
  }
}

provider "aws" {}

data "aws_eks_cluster" "this" {
  name = "demo"
}

ephemeral "aws_eks_cluster_auth" "this" {
  name = "demo"
}

provider "kubernetes" {
  host                   = data.aws_eks_cluster.this.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.this.certificate_authority[0].data)
  token                  = ephemeral.aws_eks_cluster_auth.this.token
}

data "kubernetes_server_version" "this" {}

output "version" {
  value = "v${data.kubernetes_server_version.this.version}"
}
