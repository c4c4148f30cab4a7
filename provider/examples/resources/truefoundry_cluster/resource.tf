resource "truefoundry_cluster" "prod" {
  name              = "prod"
  cluster_type      = "aws-eks"
  environment_names = ["production"]
  base_domains      = ["*.ai.acme.com"]
  collaborators = [
    { subject = "team:platform", role_id = "cluster-admin" },
  ]
}
