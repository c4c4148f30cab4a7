# The agent of a cluster that the control plane knows. Helm and kubernetes take their cluster from the environment.

data "truefoundry_cluster" "this" {
  name = var.cluster
}

ephemeral "truefoundry_cluster_token" "this" {
  cluster_id = data.truefoundry_cluster.this.id
}

module "agent" {
  source = "../.."

  cluster_id        = data.truefoundry_cluster.this.id
  cluster_token     = ephemeral.truefoundry_cluster_token.this.token
  control_plane_url = var.control_plane_url
  tenant_name       = data.truefoundry_cluster.this.tenant_name
}

# After the agent: until it has come.
data "truefoundry_cluster" "connected" {
  name                = var.cluster
  wait_for_connection = "5m"

  depends_on = [module.agent]
}
