terraform {
  required_version = ">= 1.11"

  required_providers {
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1.1, < 4.0" # 3.1.0 ends some applies with an inconsistent result
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 3.2.1, < 4.0" # the first that keeps a secret whose creation was interrupted
    }
  }
}
