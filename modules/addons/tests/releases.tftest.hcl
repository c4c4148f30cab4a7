# How Helm is used: what a plan says of every release.

mock_provider "helm" {}
mock_provider "kubernetes" {}

variables {
  cluster    = { name = "acme-dev", region = "us-east-1", vpc_id = "vpc-0123456789abcdef0", version = "1.35" }
  node_class = { role = "acme-dev-nodes" }
  node_pools = {
    critical = {
      capacity_types = ["on-demand"]
      categories     = ["m"]
      limits         = { cpu = "100" }
      labels         = { "class.truefoundry.com/component" = "critical" }
    }
  }
}

run "everything" {
  command = plan

  variables {
    addons = { external-dns = { enabled = true }, gpu-operator = { enabled = true } }
  }

  assert {
    condition = alltrue([
      for release in [
        helm_release.argo_cd[0], helm_release.argo_rollouts[0], helm_release.argo_workflows[0], helm_release.cert_manager[0],
        helm_release.external_dns[0], helm_release.external_secrets[0], helm_release.gpu_operator[0], helm_release.istio_base[0],
        helm_release.istio_gateway[0], helm_release.istiod[0], helm_release.karpenter[0], helm_release.karpenter_crd[0],
        helm_release.keda[0], helm_release.load_balancer_controller[0], helm_release.load_balancer_crds[0], helm_release.logs[0],
        helm_release.mesh[0], helm_release.metrics_server[0], helm_release.prometheus[0], helm_release.prometheus_operator_crds[0],
      ] : release.reset_values && release.max_history == 5 && release.timeout >= 300 && !release.create_namespace
    ])
    error_message = "Each release starts from its own values, keeps five revisions, and leaves namespaces to this module."
  }

  assert {
    condition = alltrue([
      for release in [
        helm_release.argo_cd[0], helm_release.argo_rollouts[0], helm_release.argo_workflows[0], helm_release.cert_manager[0],
        helm_release.external_dns[0], helm_release.gpu_operator[0], helm_release.istio_gateway[0], helm_release.istiod[0],
        helm_release.karpenter[0], helm_release.load_balancer_controller[0], helm_release.logs[0], helm_release.mesh[0],
        helm_release.metrics_server[0], helm_release.prometheus[0],
      ] : release.atomic
    ])
    error_message = "A release that fails is taken back."
  }

  assert {
    condition = alltrue([
      for release in [
        helm_release.external_secrets[0], helm_release.istio_base[0], helm_release.karpenter_crd[0], helm_release.keda[0],
        helm_release.load_balancer_crds[0], helm_release.prometheus_operator_crds[0],
      ] : !release.atomic
    ])
    error_message = "A release that carries custom resources is not taken back: they would go with it."
  }

  assert {
    condition     = helm_release.karpenter[0].skip_crds && helm_release.prometheus[0].skip_crds && helm_release.load_balancer_controller[0].skip_crds && !helm_release.gpu_operator[0].skip_crds
    error_message = "What a chart of custom resources brings, no other chart does; what none brings, the chart itself."
  }

  # Each chart's way to keep its custom resources when it goes.
  assert {
    condition = alltrue([
      yamldecode(helm_release.karpenter_crd[0].values[0]).additionalAnnotations["helm.sh/resource-policy"] == "keep",
      yamldecode(helm_release.prometheus_operator_crds[0].values[0]).crds.annotations["helm.sh/resource-policy"] == "keep",
      yamldecode(helm_release.external_secrets[0].values[0]).crds.annotations["helm.sh/resource-policy"] == "keep",
      yamldecode(helm_release.keda[0].values[0]).crds.additionalAnnotations["helm.sh/resource-policy"] == "keep",
      yamldecode(helm_release.cert_manager[0].values[0]).crds == { enabled = true, keep = true },
      yamldecode(helm_release.argo_cd[0].values[0]).crds == { install = true, keep = true },
      yamldecode(helm_release.argo_workflows[0].values[0]).crds == { install = true, keep = true },
      yamldecode(helm_release.argo_rollouts[0].values[0]).keepCRDs,
    ])
    error_message = "Custom resources stay when their release goes."
  }

  assert {
    condition = output.releases == {
      argo-rollouts                = { namespace = "argo-rollouts", version = "2.40.9" }
      argo-workflows               = { namespace = "argo-workflows", version = "0.46.2" }
      argocd                       = { namespace = "argocd", version = "9.5.11" }
      aws-load-balancer-controller = { namespace = "kube-system", version = "1.16.0" }
      cert-manager                 = { namespace = "cert-manager", version = "v1.21.1" }
      external-dns                 = { namespace = "external-dns", version = "1.21.1" }
      external-secrets             = { namespace = "external-secrets", version = "2.4.1" }
      gpu-operator                 = { namespace = "tfy-gpu-operator", version = "v25.10.1" }
      istio-base                   = { namespace = "istio-system", version = "1.30.0" }
      istiod                       = { namespace = "istio-system", version = "1.30.0" }
      karpenter                    = { namespace = "kube-system", version = "1.9.0" }
      karpenter-crd                = { namespace = "kube-system", version = "1.9.0" }
      keda                         = { namespace = "keda", version = "2.19.0" }
      load-balancer-crds           = { namespace = "kube-system", version = "1.16.0" }
      mesh                         = { namespace = "istio-system", version = "0.1.0" }
      metrics-server               = { namespace = "kube-system", version = "3.13.0" }
      node-pools                   = { namespace = "kube-system", version = "0.1.0" }
      prometheus                   = { namespace = "prometheus", version = "81.2.0" }
      prometheus-operator-crds     = { namespace = "kube-system", version = "26.0.0" }
      tfy-istio-ingress            = { namespace = "istio-system", version = "1.30.0" }
      tfy-logs                     = { namespace = "tfy-logs", version = "0.1.21" }
    }
    error_message = "Releases are where the vendor has them."
  }

  assert {
    condition     = kubernetes_config_map_v1.releases.data["keda"] == "keda 2.19.0" && length(kubernetes_config_map_v1.releases.data) == 21
    error_message = "What should be there is written down in the cluster."
  }

  assert {
    condition = alltrue([
      for name, namespace in kubernetes_namespace_v1.this :
      (namespace.metadata[0].labels["istio-injection"] == "disabled") == (name != "istio-system") if name != "istio-system"
    ]) && !can(kubernetes_namespace_v1.this["istio-system"].metadata[0].labels["istio-injection"])
    error_message = "Add-ons are outside of the mesh, and gateways are injected."
  }

  assert {
    condition = { for name, namespace in kubernetes_namespace_v1.this : name => namespace.metadata[0].labels["pod-security.kubernetes.io/enforce"] } == {
      argo-rollouts    = "restricted"
      argo-workflows   = "baseline"
      argocd           = "restricted"
      cert-manager     = "restricted"
      external-dns     = "restricted"
      external-secrets = "restricted"
      istio-system     = "baseline"
      keda             = "restricted"
      prometheus       = "privileged"
      tfy-gpu-operator = "privileged"
      tfy-logs         = "privileged"
    }
    error_message = "Only what has to be on the host may be."
  }

  assert {
    condition     = kubernetes_namespace_v1.this["argo-workflows"].metadata[0].labels["pod-security.kubernetes.io/warn"] == "restricted"
    error_message = "What could keep to more is warned of."
  }

  assert {
    condition = toset(keys(kubernetes_network_policy_v1.this)) == toset([
      "argo-rollouts", "argo-workflows", "cert-manager", "external-dns", "external-secrets", "keda", "prometheus", "tfy-gpu-operator", "tfy-logs",
    ]) && alltrue([for policy in kubernetes_network_policy_v1.this : policy.spec[0].policy_types == tolist(["Ingress"]) && length(policy.spec[0].ingress) >= 2])
    error_message = "Each of the add-ons' namespaces closes what nobody has to reach."
  }

  # The API server's addresses are those of no pod: its ports are open to everybody.
  assert {
    condition = alltrue([
      for name, ports in { cert-manager = ["10250"], external-secrets = ["10250"], keda = ["6443", "9443"], prometheus = ["10250"] } :
      anytrue([for rule in kubernetes_network_policy_v1.this[name].spec[0].ingress : length(rule.from) == 0 && [for port in rule.ports : port.port] == ports])
    ])
    error_message = "Webhooks and API services are reached by the API server."
  }

  assert {
    condition     = kubernetes_storage_class_v1.gp3.parameters == tomap({ type = "gp3", encrypted = "true" }) && kubernetes_storage_class_v1.gp3.volume_binding_mode == "WaitForFirstConsumer" && kubernetes_storage_class_v1.gp3.metadata[0].annotations["storageclass.kubernetes.io/is-default-class"] == "true"
    error_message = "The default storage class encrypts, and makes volumes in the zone of their pod."
  }

  assert {
    condition     = length(kubernetes_storage_class_v1.efs) == 0
    error_message = "No class for a file system that is not there."
  }
}

run "values_of_consequence" {
  command = plan

  assert {
    condition = alltrue([
      !yamldecode(helm_release.load_balancer_controller[0].values[0]).enableServiceMutatorWebhook,
      yamldecode(helm_release.load_balancer_controller[0].values[0]).vpcId == "vpc-0123456789abcdef0",
      yamldecode(helm_release.load_balancer_controller[0].values[0]).region == "us-east-1",
      yamldecode(helm_release.load_balancer_controller[0].values[0]).defaultTargetType == "ip",
      yamldecode(helm_release.load_balancer_controller[0].values[0]).enableEndpointSlices,
    ])
    error_message = "The load balancer controller stands in the way of no Service, and asks no instance where it is."
  }

  assert {
    condition = alltrue([
      yamldecode(helm_release.istiod[0].values[0]).autoscaleMin == 2,
      yamldecode(helm_release.istiod[0].values[0]).env.ENABLE_NATIVE_SIDECARS == "true",
      yamldecode(helm_release.istiod[0].values[0]).global.proxy.excludeIPRanges == "169.254.170.23/32",
      yamldecode(helm_release.istio_gateway[0].values[0]).service.type == "ClusterIP",
    ])
    error_message = "The mesh has two that inject, ends with jobs, and leaves credentials of AWS alone."
  }

  assert {
    condition = alltrue([
      for placed in [
        yamldecode(helm_release.istio_gateway[0].values[0]),
        yamldecode(helm_release.prometheus[0].values[0]).prometheus.prometheusSpec,
        yamldecode(helm_release.logs[0].values[0]).victoria-logs-single.server,
      ] :
      placed.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0] == { key = "class.truefoundry.com/component", operator = "In", values = ["critical"] } &&
      placed.tolerations[0].key == "class.truefoundry.com/component"
    ])
    error_message = "The gateway, Prometheus and logs are on the nodes that the vendor's convention names."
  }

  assert {
    condition = alltrue([
      yamldecode(helm_release.prometheus[0].values[0]).crds.enabled == false,
      yamldecode(helm_release.prometheus[0].values[0]).grafana.enabled == false,
      yamldecode(helm_release.prometheus[0].values[0]).kubeEtcd.enabled == false,
      yamldecode(helm_release.prometheus[0].values[0]).prometheusOperator.admissionWebhooks.failurePolicy == "Ignore",
      yamldecode(helm_release.prometheus[0].values[0]).prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues == false,
    ])
    error_message = "Prometheus watches what EKS shows, and what any chart asks for."
  }

  assert {
    condition = alltrue([
      yamldecode(helm_release.argo_cd[0].values[0]).configs.cm["admin.enabled"] == false,
      yamldecode(helm_release.argo_cd[0].values[0]).global.networkPolicy == { create = true, defaultDenyIngress = true },
      yamldecode(helm_release.external_secrets[0].values[0]).processClusterExternalSecret == false,
      yamldecode(helm_release.cert_manager[0].values[0]).webhook.replicaCount == 2,
      yamldecode(helm_release.karpenter[0].values[0]).controller.env[0] == { name = "AWS_REGION", value = "us-east-1" },
    ])
    error_message = "No password, no open door, no finalizers on namespaces, no webhook of one pod, no region from an instance."
  }

  assert {
    condition     = yamldecode(helm_release.mesh[0].values[0]).mtls == "STRICT" && length(yamldecode(helm_release.mesh[0].values[0]).exceptions) == 0
    error_message = "The mesh takes mutual TLS and nothing else."
  }

  assert {
    condition     = length(helm_release.gpu_operator) == 0 && length(helm_release.external_dns) == 0 && !can(kubernetes_namespace_v1.this["tfy-gpu-operator"])
    error_message = "No operator of GPUs without a pool of them."
  }
}

run "a_pool_of_gpus_brings_its_operator" {
  command = plan

  variables {
    node_pools = { gpu = { capacity_types = ["on-demand"], families = ["g6"], limits = { "nvidia.com/gpu" = "8" } } }
    storage    = { kms_key_arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/1", efs_file_system_id = "fs-0123456789abcdef0" }
  }

  assert {
    condition = alltrue([
      yamldecode(helm_release.gpu_operator[0].values[0]).driver.enabled == false,
      yamldecode(helm_release.gpu_operator[0].values[0]).toolkit.enabled == false,
      yamldecode(helm_release.gpu_operator[0].values[0]).node-feature-discovery.postDeleteCleanup == false,
      yamldecode(helm_release.gpu_operator[0].values[0]).operator == { cleanupCRD = false, upgradeCRD = true },
    ])
    error_message = "The operator leaves drivers to the image, and nothing behind that needs a node."
  }

  # Nobody makes nodes for what is critical: whoever waits for its pods waits for ever.
  assert {
    condition     = alltrue([for release in [helm_release.istio_gateway[0], helm_release.logs[0]] : release.wait == false && release.atomic == false])
    error_message = "Without a pool for critical pods, a release that has some does not wait for them."
  }

  assert {
    condition     = kubernetes_storage_class_v1.gp3.parameters["kmsKeyId"] == "arn:aws-cn:kms:cn-north-1:123456789012:key/1" && kubernetes_storage_class_v1.efs[0].parameters["fileSystemId"] == "fs-0123456789abcdef0"
    error_message = "Volumes are encrypted with the given key, and files have a class."
  }
}

run "all_off" {
  command = plan

  variables {
    node_pools       = {}
    network_policies = false
    addons = {
      argo-cd                      = { enabled = false }
      argo-rollouts                = { enabled = false }
      argo-workflows               = { enabled = false }
      aws-load-balancer-controller = { enabled = false }
      cert-manager                 = { enabled = false }
      external-secrets             = { enabled = false }
      istio                        = { enabled = false }
      karpenter                    = { enabled = false }
      keda                         = { enabled = false }
      kube-prometheus-stack        = { enabled = false }
      logs                         = { enabled = false }
      metrics-server               = { enabled = false }
    }
  }

  assert {
    condition     = length(output.releases) == 0 && length(kubernetes_namespace_v1.this) == 0 && length(kubernetes_network_policy_v1.this) == 0
    error_message = "Each add-on can be left out, with its namespace."
  }
}

run "exceptions_of_the_mesh" {
  command = plan

  variables {
    mtls            = "PERMISSIVE"
    mtls_exceptions = { webhook = { namespace = "shop", match_labels = { app = "admission" }, ports = [9443, 8443] } }
  }

  assert {
    condition = yamldecode(helm_release.mesh[0].values[0]).mtls == "PERMISSIVE" && yamldecode(helm_release.mesh[0].values[0]).exceptions == [
      { name = "webhook", namespace = "shop", matchLabels = { app = "admission" }, ports = [8443, 9443] },
    ]
    error_message = "Ports that are called without a sidecar are excepted for the pods that have them."
  }
}

run "a_chart_outside_its_range" {
  command = plan

  variables {
    cluster = { name = "acme-dev", region = "us-east-1", vpc_id = "vpc-0123456789abcdef0", version = "1.36" }
  }

  expect_failures = [check.kubernetes_versions]
}
