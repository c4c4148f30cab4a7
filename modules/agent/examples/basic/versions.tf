terraform {
  required_version = ">= 1.11"

  required_providers {
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1.1, < 4.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 3.2.1, < 4.0"
    }
    truefoundry = {
      source  = "truefoundry/truefoundry"
      version = "~> 0.1"
    }
  }
}
