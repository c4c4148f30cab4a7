# Argo CD, Rollouts and Workflows. Their custom resources are templates that stay when a release goes.

locals {
  argo_cd = {
    crds = { install = true, keep = true }

    global = {
      priorityClassName = local.priorities.standard
      networkPolicy     = { create = true, defaultDenyIngress = true }
    }

    configs = {
      # Nobody signs in until the caller connects a provider; without a password, none is kept in a state.
      cm     = { "admin.enabled" = false }
      params = { "server.insecure" = true } # TLS ends before it
    }

    dex           = { enabled = false }
    notifications = { enabled = false }

    controller = {
      resources = { requests = { cpu = "250m", memory = "512Mi" }, limits = { memory = "2Gi" } }
      metrics   = { enabled = local.monitors, serviceMonitor = { enabled = local.monitors } }
    }
    server = {
      replicas  = 2
      pdb       = { enabled = true, maxUnavailable = "1" }
      resources = { requests = { cpu = "50m", memory = "128Mi" }, limits = { memory = "512Mi" } }
      metrics   = { enabled = local.monitors, serviceMonitor = { enabled = local.monitors } }
    }
    repoServer = {
      replicas  = 2
      pdb       = { enabled = true, maxUnavailable = "1" }
      resources = { requests = { cpu = "100m", memory = "256Mi" }, limits = { memory = "1Gi" } }
      metrics   = { enabled = local.monitors, serviceMonitor = { enabled = local.monitors } }
    }
    applicationSet = {
      resources = { requests = { cpu = "50m", memory = "128Mi" }, limits = { memory = "512Mi" } }
      metrics   = { enabled = local.monitors, serviceMonitor = { enabled = local.monitors } }
    }
    redis           = { resources = { requests = { cpu = "50m", memory = "64Mi" }, limits = { memory = "256Mi" } } }
    redisSecretInit = { resources = { requests = { cpu = "10m", memory = "32Mi" }, limits = { memory = "128Mi" } } }
  }

  argo_rollouts = {
    keepCRDs = true

    controller = {
      replicas          = 2
      pdb               = { enabled = true, maxUnavailable = 1 }
      priorityClassName = local.priorities.standard
      resources         = { requests = { cpu = "50m", memory = "128Mi" }, limits = { memory = "512Mi" } }
      metrics           = { enabled = local.monitors, serviceMonitor = { enabled = local.monitors } }
    }

    # Rights for the traffic routers that are here.
    providerRBAC = { providers = {
      ambassador   = false
      apisix       = false
      awsAppMesh   = false
      contour      = false
      glooPlatform = false
      smi          = false
      traefik      = false
    } }
  }

  argo_workflows = {
    crds   = { install = true, keep = true }
    images = { pullPolicy = "IfNotPresent" } # the tags are versions, and a registry may be down

    controller = {
      replicas           = 2
      pdb                = { enabled = true, maxUnavailable = 1 }
      priorityClassName  = local.priorities.standard
      resources          = { requests = { cpu = "100m", memory = "256Mi" }, limits = { memory = "1Gi" } }
      podSecurityContext = { runAsNonRoot = true, seccompProfile = { type = "RuntimeDefault" } }
      metricsConfig      = { enabled = local.monitors }
      serviceMonitor     = { enabled = local.monitors }
    }

    server = {
      authModes          = ["client"] # who asks shows a token of the cluster
      priorityClassName  = local.priorities.standard
      resources          = { requests = { cpu = "50m", memory = "128Mi" }, limits = { memory = "512Mi" } }
      podSecurityContext = { runAsNonRoot = true, seccompProfile = { type = "RuntimeDefault" } }
    }
  }
}

resource "helm_release" "argo_cd" {
  count = local.enabled["argo-cd"] ? 1 : 0

  name             = local.charts["argo-cd"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["argo-cd"].namespace].metadata[0].name
  repository       = local.repositories["argo-cd"]
  chart            = "argo-cd"
  version          = local.versions["argo-cd"]
  create_namespace = false
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 900
  values           = local.values["argo-cd"]

  depends_on = [data.kubernetes_server_version.this, helm_release.node_pools]
}

resource "helm_release" "argo_rollouts" {
  count = local.enabled["argo-rollouts"] ? 1 : 0

  name             = local.charts["argo-rollouts"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["argo-rollouts"].namespace].metadata[0].name
  repository       = local.repositories["argo-rollouts"]
  chart            = "argo-rollouts"
  version          = local.versions["argo-rollouts"]
  create_namespace = false
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 600
  values           = local.values["argo-rollouts"]

  depends_on = [data.kubernetes_server_version.this, helm_release.node_pools]
}

resource "helm_release" "argo_workflows" {
  count = local.enabled["argo-workflows"] ? 1 : 0

  name             = local.charts["argo-workflows"].release
  namespace        = kubernetes_namespace_v1.this[local.charts["argo-workflows"].namespace].metadata[0].name
  repository       = local.repositories["argo-workflows"]
  chart            = "argo-workflows"
  version          = local.versions["argo-workflows"]
  create_namespace = false
  atomic           = true
  reset_values     = true
  max_history      = 5
  timeout          = 600
  values           = local.values["argo-workflows"]

  depends_on = [data.kubernetes_server_version.this, helm_release.node_pools]
}
