# What is installed, from where, in which version and with which values. A release has its block in the file of its topic.

locals {
  pinned = jsondecode(file("${path.module}/charts.json"))
  charts = local.pinned.charts

  # Add-on => whether it is there unless `addons` says otherwise.
  defaults = {
    aws-load-balancer-controller = true
    karpenter                    = true
    cert-manager                 = true
    metrics-server               = true
    external-secrets             = true
    istio                        = true
    kube-prometheus-stack        = true
    logs                         = true
    keda                         = true
    argo-cd                      = true
    argo-rollouts                = true
    argo-workflows               = true
    gpu-operator                 = local.has_gpu_pool
    external-dns                 = false
  }

  addon_names = sort(keys(local.defaults))
  image_hosts = sort(distinct(flatten([for chart in values(local.charts) : chart.image_hosts])))

  enabled = { for name, default in local.defaults : name => coalesce(try(var.addons[name].enabled, null), default) }

  repositories = { for name, chart in local.charts : name => coalesce(var.mirror.charts, chart.repository) }
  versions = {
    for name, chart in local.charts : name => coalesce(
      # The chart of the Prometheus operator's custom resources has numbers of its own.
      try(name == "prometheus-operator-crds" ? var.addons[chart.addon].crds_version : var.addons[chart.addon].version, null),
      chart.version,
    )
  }

  # Pools with instances that have GPUs of NVIDIA, and those for what the vendor calls critical.
  has_gpu_pool = anytrue(flatten([
    for pool in values(var.node_pools) : [
      for kind in concat(tolist(coalesce(try(pool.families, null), [])), tolist(coalesce(try(pool.categories, null), []))) :
      can(regex("^(g|gr|p)([0-9]|$)", kind)) && kind != "g4ad"
    ]
  ]))
  has_critical_pool = anytrue([for pool in values(var.node_pools) : try(pool.labels["class.truefoundry.com/component"], null) == "critical"])

  # Monitors of other charts need the custom resources of the Prometheus operator.
  monitors = local.enabled["kube-prometheus-stack"]

  # The vendor's convention: its agent, logs, Prometheus and the gateway run on nodes of this label and nowhere else.
  critical = {
    affinity = {
      nodeAffinity = {
        requiredDuringSchedulingIgnoredDuringExecution = {
          nodeSelectorTerms = [{ matchExpressions = [{ key = "class.truefoundry.com/component", operator = "In", values = ["critical"] }] }]
        }
      }
    }
    tolerations = [{ key = "class.truefoundry.com/component", operator = "Equal", value = "critical", effect = "NoSchedule" }]
  }

  # A node that goes takes one of two pods.
  one_at_a_time = { maxUnavailable = 1 }

  # Chart => this module's values.
  own_values = {
    aws-load-balancer-controller = local.load_balancer_controller
    karpenter-crd                = local.karpenter_crd
    karpenter                    = local.karpenter
    cert-manager                 = local.cert_manager
    metrics-server               = local.metrics_server
    external-secrets             = local.external_secrets
    base                         = local.istio_base
    istiod                       = local.istiod
    gateway                      = local.istio_gateway
    prometheus-operator-crds     = local.prometheus_operator_crds
    kube-prometheus-stack        = local.prometheus
    tfy-logs                     = local.logs
    keda                         = local.keda
    argo-cd                      = local.argo_cd
    argo-rollouts                = local.argo_rollouts
    argo-workflows               = local.argo_workflows
    gpu-operator                 = local.gpu_operator
    external-dns                 = local.external_dns
  }

  # The charts that an add-on's own values go to: the one that does its work.
  takes_values = toset([
    "aws-load-balancer-controller", "karpenter", "cert-manager", "metrics-server", "external-secrets", "kube-prometheus-stack", "tfy-logs",
    "keda", "argo-cd", "argo-rollouts", "argo-workflows", "gpu-operator", "external-dns",
  ])

  given_values = {
    for name, chart in local.charts : name => (
      chart.addon == "istio" ? try(yamlencode(yamldecode(var.addons["istio"].values)[name]), "") :
      contains(local.takes_values, name) ? coalesce(try(var.addons[chart.addon].values, null), " ") : ""
    )
  }

  # Release => where it is and in which version, the charts of ours included.
  releases = merge(
    { for name, chart in local.charts : chart.release => { namespace = chart.namespace, version = local.versions[name] } if local.enabled[chart.addon] },
    local.enabled["aws-load-balancer-controller"] ? { load-balancer-crds = { namespace = "kube-system", version = yamldecode(file("${local.load_balancer_crds_chart}/Chart.yaml")).version } } : {},
    local.enabled["istio"] ? { mesh = { namespace = "istio-system", version = yamldecode(file("${local.mesh_chart}/Chart.yaml")).version } } : {},
    local.leads_in ? { ingress = { namespace = "istio-system", version = yamldecode(file("${local.ingress_chart}/Chart.yaml")).version } } : {},
    local.enabled["karpenter"] && length(var.node_pools) > 0 ? { node-pools = { namespace = "kube-system", version = yamldecode(file("${path.module}/charts/node-pools/Chart.yaml")).version } } : {},
  )

  # In the order in which later ones win: of AWS, of this module, of the mirror, of the caller.
  values = {
    for name, own in local.own_values : name => [
      for text in [
        contains(local.takes_values, name) && can(var.aws_values[local.charts[name].addon]) ? yamlencode(var.aws_values[local.charts[name].addon]) : "",
        yamlencode(own),
        length(var.mirror.registries) > 0 && can(local.mirrored[name]) ? yamlencode(local.mirrored[name]) : "",
        local.given_values[name],
      ] : text if trimspace(text) != "" && trimspace(text) != "{}"
    ]
  }
}
