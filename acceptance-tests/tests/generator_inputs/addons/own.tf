# A file of one's own beside the generated ones: a namespace whose pods take some traffic without mTLS.

resource "kubernetes_namespace_v1" "search" {
  metadata {
    name = "search"
  }
}
