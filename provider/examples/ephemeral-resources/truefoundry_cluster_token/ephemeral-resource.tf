data "truefoundry_cluster" "agent" {
  name = "prod"
}

ephemeral "truefoundry_cluster_token" "agent" {
  cluster_id = data.truefoundry_cluster.agent.id
}

# Hand `ephemeral.truefoundry_cluster_token.agent.token` to a write-only argument, such as `data_wo` of a
# `kubernetes_secret_v1`, in the configuration that installs the agent.
