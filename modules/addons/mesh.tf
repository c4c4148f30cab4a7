# Istio: what injects and configures sidecars, the gateway, and what the mesh asks of connections.

locals {
  istiod = {
    autoscaleMin = 2 # with one, a drained node stops the start of every pod in the mesh
    autoscaleMax = 5
    resources    = { requests = { cpu = "200m", memory = "1Gi" }, limits = { memory = "2Gi" } }
    env          = { ENABLE_NATIVE_SIDECARS = "true" } # jobs end, and a sidecar starts before and ends after its pod

    topologySpreadConstraints = [{
      maxSkew           = 1
      topologyKey       = "topology.kubernetes.io/zone"
      whenUnsatisfiable = "ScheduleAnyway"
      labelSelector     = { matchLabels = { app = "istiod" } }
    }]

    global = {
      priorityClassName = local.priorities.critical
      proxy             = { excludeIPRanges = "169.254.170.23/32" } # where pods get their credentials for AWS
    }
  }

  istio_gateway = merge(local.critical, {
    service             = { type = "ClusterIP", ports = local.gateway_ports } # its load balancer is Terraform's, and pods join the target group
    priorityClassName   = local.priorities.critical
    podDisruptionBudget = local.one_at_a_time
    autoscaling         = { minReplicas = 2, maxReplicas = 10 }

    topologySpreadConstraints = [{
      maxSkew           = 1
      topologyKey       = "topology.kubernetes.io/zone"
      whenUnsatisfiable = "ScheduleAnyway"
      labelSelector     = { matchLabels = { istio = local.charts["gateway"].release } }
    }]
    }, try(var.ingress.forwards_protocol, false) ? {
    # One proxy before this one is believed: it says who the client is, and that the request came by HTTPS.
    podAnnotations = { "proxy.istio.io/config" = jsonencode({ gatewayTopology = { numTrustedProxies = 1 } }) }
  } : {})

  mesh_chart = "${path.module}/charts/mesh"
}

resource "helm_release" "istiod" {
  count = local.enabled["istio"] ? 1 : 0

  name             = local.charts["istiod"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["istiod"].namespace].metadata[0].name
  repository       = local.repositories["istiod"]
  chart            = "istiod"
  version          = local.versions["istiod"]
  create_namespace = false
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 900
  values           = local.values["istiod"]

  depends_on = [data.kubernetes_server_version.this, helm_release.istio_base, helm_release.node_pools]
}

# After istiod: the image of its pods is put in by the injector.
resource "helm_release" "istio_gateway" {
  count = local.enabled["istio"] ? 1 : 0

  name             = local.charts["gateway"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["gateway"].namespace].metadata[0].name
  repository       = local.repositories["gateway"]
  chart            = "gateway"
  version          = local.versions["gateway"]
  create_namespace = false
  wait             = local.has_critical_pool # its pods wait for nodes of that pool, for ever where there is none
  atomic           = local.has_critical_pool
  reset_values     = true
  max_history      = 5
  timeout          = 900
  values           = local.values["gateway"]

  depends_on = [data.kubernetes_server_version.this, helm_release.istiod]
}

# A chart of ours. Removed before istiod, which has a say in every change of its objects.
resource "helm_release" "mesh" {
  count = local.enabled["istio"] ? 1 : 0

  name             = "mesh"
  namespace        = kubernetes_namespace_v1.this["istio-system"].metadata[0].name
  chart            = local.mesh_chart
  create_namespace = false
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 300

  values = [yamlencode({
    mtls = var.mtls
    exceptions = concat(local.gateway_exceptions, [
      for name, exception in var.mtls_exceptions :
      { name = name, namespace = exception.namespace, matchLabels = exception.match_labels, ports = exception.ports }
    ])

    # Of a chart on disk, Helm's provider compares the version alone.
    checksum = sha256(join("", [for file in sort(fileset(local.mesh_chart, "**")) : filesha256("${local.mesh_chart}/${file}")]))
  })]

  depends_on = [data.kubernetes_server_version.this, helm_release.istiod, helm_release.istio_gateway]
}
