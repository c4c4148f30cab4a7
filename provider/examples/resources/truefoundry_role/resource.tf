resource "truefoundry_role" "cluster_operator" {
  name          = "cluster-operator"
  display_name  = "Cluster operator"
  description   = "Manages clusters, and nothing else."
  resource_type = "tenant"
  permissions   = ["cluster:ManageClusters"]
}
