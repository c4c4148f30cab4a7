mock_provider "helm" {}
mock_provider "kubernetes" {}

variables {
  cluster_id        = "c-1"
  cluster_token     = "a-token"
  control_plane_url = "https://acme.truefoundry.cloud"
  tenant_name       = "acme"
}

run "the_token_goes_its_own_way" {
  command = plan

  assert {
    condition     = kubernetes_secret_v1.token.metadata[0].labels["external-secrets.io/type"] == "webhook" && kubernetes_secret_v1.token.metadata[0].namespace == "tfy-agent" && kubernetes_secret_v1.token.data_wo_revision > 0
    error_message = "The Secret is as the chart and the operator look for it."
  }

  assert {
    condition     = yamldecode(helm_release.agent.values[0]).config.clusterTokenSecret == "tfy-agent-cluster-token" && !strcontains(join("", helm_release.agent.values), "a-token") && !can(yamldecode(helm_release.agent.values[0]).config.clusterToken)
    error_message = "The release knows the Secret's name alone."
  }
}

run "the_release" {
  command = plan

  assert {
    condition     = yamldecode(helm_release.agent.values[0]).config.controlPlaneURL == "https://acme.truefoundry.cloud" && yamldecode(helm_release.agent.values[0]).config.tenantName == "acme"
    error_message = "Where it dials, and for whom."
  }

  assert {
    condition     = yamldecode(helm_release.agent.values[0]).tfyAgentProxy.clusterRole.strictMode && yamldecode(helm_release.agent.values[0])["external-secrets-operator"] == { enabled = false, clusterSecretStore = { create = false } }
    error_message = "No more rights than it needs, and no second operator."
  }

  assert {
    condition     = length(helm_release.egress) == 0 && length(kubernetes_network_policy_v1.this.spec[0].ingress) == 2
    error_message = "Nobody but Prometheus and its own pods may connect to it."
  }

  assert {
    condition     = output.egress_hosts == tolist(["acme.truefoundry.cloud", "auth.truefoundry.com", "analytics.truefoundry.com"])
    error_message = "Firewalls are told where it connects to."
  }
}

run "another_revision_is_another_number" {
  command = plan

  variables {
    token_revision = 2
  }

  assert {
    condition     = kubernetes_secret_v1.token.data_wo_revision != parseint(substr(sha256("c-1 1"), 0, 12), 16) && yamldecode(helm_release.agent.values[0]).tfyAgent.podAnnotations["truefoundry.com/token-revision"] == tostring(kubernetes_secret_v1.token.data_wo_revision)
    error_message = "The token is written again, and the agent started with it."
  }
}

run "everything_else" {
  command = plan

  variables {
    external_secrets = true
    critical_nodes   = true
    cluster_admin    = true
    prometheus_url   = "http://prometheus.prometheus.svc.cluster.local:9090"
    egress           = { hosts = ["proxy.acme.com"] }
    mirror           = { charts = "oci://registry.example.com/charts", registries = { "tfy.jfrog.io" = "registry.example.com/tfy" } }
    chart            = { version = "0.2.101", values = "tfyAgent: { commonLabels: { team: x } }" }
  }

  assert {
    condition     = yamldecode(helm_release.agent.values[0])["external-secrets-operator"].clusterSecretStore.create && !yamldecode(helm_release.agent.values[0]).tfyAgentProxy.clusterRole.strictMode && yamldecode(helm_release.agent.values[0]).sdsServer.tolerations[0].key == "class.truefoundry.com/component"
    error_message = "The store of secrets, all rights, and nodes of its own."
  }

  assert {
    condition     = helm_release.agent.repository == "oci://registry.example.com/charts" && yamldecode(helm_release.agent.values[1]).tfyAgent.image.repository == "registry.example.com/tfy/tfy-images/tfy-agent" && helm_release.agent.version == "0.2.101"
    error_message = "Chart and images of a mirror."
  }

  assert {
    condition     = yamldecode(helm_release.egress[0].values[0]).hosts == ["acme.truefoundry.cloud", "auth.truefoundry.com", "analytics.truefoundry.com", "proxy.acme.com"] && kubernetes_namespace_v1.this.metadata[0].labels["istio-injection"] == "enabled"
    error_message = "The mesh holds it to an allow-list."
  }
}
