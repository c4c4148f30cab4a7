# Inwards: from its own namespace, and Prometheus with its alerts and questions. Outwards: everything, or with `egress` the
# hosts of an allow-list, which the mesh keeps to: addresses of the vendor's hosts do not stay, names do.

resource "kubernetes_network_policy_v1" "this" {
  metadata {
    name      = "tfy-agent"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
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

    ingress {
      from {
        namespace_selector {
          match_labels = { "kubernetes.io/metadata.name" = "prometheus" }
        }
      }

      ports {
        port     = 3000
        protocol = "TCP"
      }
    }
  }
}

locals {
  egress_chart = "${path.module}/charts/egress"
  egress_hosts = distinct(concat([local.control_plane_host], local.pinned.vendor_hosts, try(tolist(var.egress.hosts), [])))
}

# A chart of ours. Before the agent, which is to connect to nothing else from its first moment.
resource "helm_release" "egress" {
  count = var.egress == null ? 0 : 1

  name             = "tfy-agent-egress"
  namespace        = kubernetes_namespace_v1.this.metadata[0].name
  chart            = local.egress_chart
  create_namespace = false
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 300

  values = [yamlencode({
    hosts = local.egress_hosts

    # Of a chart on disk, Helm's provider compares the version alone.
    checksum = sha256(join("", [for file in sort(fileset(local.egress_chart, "**")) : filesha256("${local.egress_chart}/${file}")]))
  })]

  depends_on = [data.kubernetes_server_version.this]
}
