# Namespaces with their labels, made before the charts: Helm would make them bare, and never remove them.
#
# Removing one removes what charts leave behind, volume claims too, while the CSI driver still runs. Each goes before the load balancer
# controller: a Service or a TargetGroupBinding that somebody has left in it would hold it for ever.

locals {
  # Namespace => the add-on that it is for, and the level of pod security that its chart keeps to by default.
  all_namespaces = {
    argo-rollouts    = { addon = "argo-rollouts", level = "restricted" }
    argo-workflows   = { addon = "argo-workflows", level = "baseline" } # names no seccomp profile unless it is told
    argocd           = { addon = "argo-cd", level = "restricted" }
    cert-manager     = { addon = "cert-manager", level = "restricted" }
    external-dns     = { addon = "external-dns", level = "restricted" }
    external-secrets = { addon = "external-secrets", level = "restricted" }
    istio-system     = { addon = "istio", level = "baseline" } # gateways set a sysctl
    keda             = { addon = "keda", level = "restricted" }
    prometheus       = { addon = "kube-prometheus-stack", level = "privileged" } # the node exporter is on the host's network
    tfy-gpu-operator = { addon = "gpu-operator", level = "privileged" }          # device plugins and drivers are on the host
    tfy-logs         = { addon = "logs", level = "privileged" }                  # the collector reads the host's logs
  }

  namespaces = { for name, namespace in local.all_namespaces : name => namespace if local.enabled[namespace.addon] }
}

resource "kubernetes_namespace_v1" "this" {
  for_each = local.namespaces

  metadata {
    name = each.key
    labels = merge(
      {
        "app.kubernetes.io/managed-by"       = "terraform"
        "pod-security.kubernetes.io/enforce" = each.value.level
        "pod-security.kubernetes.io/warn"    = each.value.level == "baseline" ? "restricted" : each.value.level
      },
      # Add-ons stay out of the mesh: the API server, Prometheus and hooks call them without a sidecar. Where the gateways
      # are, the injector has to work, for them alone.
      each.key == "istio-system" ? {} : { "istio-injection" = "disabled" },
    )
  }

  timeouts {
    delete = "15m" # volumes are detached and deleted meanwhile
  }

  depends_on = [kubernetes_secret_v1.sentinel, helm_release.load_balancer_controller]
}
