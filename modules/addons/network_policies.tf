# Who may connect to an add-on's pods. It is enforced where the VPC CNI's network policy agent is on; a node always reaches
# its own pods, so probes pass. What pods connect to is not restricted: AWS, the API server, clusters and registries have
# no addresses that stay. Policies add up: whoever needs another way in makes a policy for it.
#
# None for kube-system, which is EKS's own, for istio-system, where everything is there to be called from everywhere, and
# for argocd, whose chart has one for each of its parts.

locals {
  # Namespace => ports (of pods) by who connects: `anywhere` is the API server, whose addresses are no pods'.
  callers = {
    argo-rollouts    = { prometheus = [8090] }
    argo-workflows   = { prometheus = [9090], istio-system = [2746], tfy-agent = [2746] }
    cert-manager     = { anywhere = [10250], prometheus = [9402] }
    external-dns     = { prometheus = [7979] }
    external-secrets = { anywhere = [10250], prometheus = [8080] }
    keda             = { anywhere = [6443, 9443], prometheus = [8080] }
    prometheus       = { anywhere = [10250], argo-rollouts = [9090], istio-system = [9090], keda = [9090], tfy-agent = [9090, 9093] }
    tfy-gpu-operator = { prometheus = [8080, 9400] }
    tfy-logs         = { prometheus = [9090, 9428], tfy-agent = [9428] }
  }
}

resource "kubernetes_network_policy_v1" "this" {
  for_each = { for name, callers in local.callers : name => callers if var.network_policies && contains(keys(local.namespaces), name) }

  metadata {
    name      = "platform-addons"
    namespace = kubernetes_namespace_v1.this[each.key].metadata[0].name
    labels    = { "app.kubernetes.io/managed-by" = "terraform" }
  }

  spec {
    policy_types = ["Ingress"]
    pod_selector {}

    ingress {
      from {
        pod_selector {} # of this namespace
      }
    }

    dynamic "ingress" {
      for_each = each.value

      content {
        dynamic "from" {
          for_each = ingress.key == "anywhere" ? [] : [ingress.key]

          content {
            namespace_selector {
              match_labels = { "kubernetes.io/metadata.name" = from.value }
            }
          }
        }

        dynamic "ports" {
          for_each = ingress.value

          content {
            port     = ports.value
            protocol = "TCP"
          }
        }
      }
    }
  }
}
