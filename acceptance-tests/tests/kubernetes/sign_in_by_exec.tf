terraform {
  required_providers {
    helm       = { source = "hashicorp/helm" }
    kubernetes = { source = "hashicorp/kubernetes" }
  }
}

locals {
  host                   = "ADDRESS"
  cluster_ca_certificate = base64decode("AUTHORITY")
  exec = {
    api_version = "client.authentication.k8s.io/v1"
    command     = "aws"
    args        = ["eks", "get-token", "--cluster-name", "demo"]
  }
}

provider "kubernetes" {
  host                   = local.host
  cluster_ca_certificate = local.cluster_ca_certificate
  exec {
    api_version = local.exec.api_version
    command     = local.exec.command
    args        = local.exec.args
  }
}

provider "helm" {
  kubernetes = {
    host                   = local.host
    cluster_ca_certificate = local.cluster_ca_certificate
    exec                   = local.exec
  }
}

data "kubernetes_server_version" "this" {}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name = "by-exec"
  }
  lifecycle {
    precondition {
      condition     = data.kubernetes_server_version.this.version != ""
      error_message = "The cluster tells no version."
    }
  }
}

resource "helm_release" "this" {
  name      = "shop"
  chart     = "CHART"
  namespace = kubernetes_namespace_v1.this.metadata[0].name
  wait      = false
}
