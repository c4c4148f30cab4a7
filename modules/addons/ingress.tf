# The way in: what the gateway takes, and its pods as targets of the load balancer, which the module `ingress` makes.

locals {
  ingress_chart = "${path.module}/charts/ingress"
  leads_in      = local.enabled["istio"] && var.ingress != null

  # What the gateway's pods listen on: where it says that it is ready, and where requests come in.
  gateway_ports = [
    { name = "status-port", port = 15021, protocol = "TCP", targetPort = 15021 },
    { name = "http2", port = 80, protocol = "TCP", targetPort = 80 },
    { name = "https", port = 443, protocol = "TCP", targetPort = 443 },
  ]

  # The load balancer is in no mesh: it asks for health and brings requests without mutual TLS.
  gateway_exceptions = local.leads_in ? [{
    name        = local.charts["gateway"].release
    namespace   = local.charts["gateway"].namespace
    matchLabels = { istio = local.charts["gateway"].release }
    ports       = [for port in local.gateway_ports : port.targetPort]
  }] : []
}

# After the controller that its bindings wait for, and removed before it.
resource "helm_release" "ingress" {
  count = local.leads_in ? 1 : 0

  name             = "ingress"
  namespace        = kubernetes_namespace_v1.this["istio-system"].metadata[0].name
  chart            = local.ingress_chart
  create_namespace = false
  wait             = true
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 300

  values = [yamlencode({
    gateway             = local.charts["gateway"].release
    hosts               = var.ingress.hosts
    reencrypt           = var.ingress.reencrypt
    targetGroupBindings = { for target, binding in var.ingress.target_group_bindings : target => { metadata = { name = binding.metadata.name }, spec = binding.spec } }

    # Of a chart on disk, Helm's provider compares the version alone.
    checksum = sha256(join("", [for file in sort(fileset(local.ingress_chart, "**")) : filesha256("${local.ingress_chart}/${file}")]))
  })]

  depends_on = [
    data.kubernetes_server_version.this,
    helm_release.load_balancer_controller,
    helm_release.cert_manager,
    helm_release.istiod,
    helm_release.istio_gateway,
  ]
}
