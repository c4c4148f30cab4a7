module "addons" {
  network_policies = false
  mtls_exceptions = {
    webhook = {
      namespace    = kubernetes_namespace_v1.search.metadata[0].name
      match_labels = { app = "webhook" }
      ports        = [8443]
    }
  }
}
