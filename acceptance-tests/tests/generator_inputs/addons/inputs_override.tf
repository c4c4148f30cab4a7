module "addons" {
  network_policies = false
  mtls_exceptions = {
    webhook = {
      namespace    = "search"
      match_labels = { app = "webhook" }
      ports        = [8443]
    }
  }
}
