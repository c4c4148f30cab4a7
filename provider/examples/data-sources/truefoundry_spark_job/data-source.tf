data "truefoundry_spark_job" "example" {
  workspace_fqn = "prod:search"
  name          = "aggregate"
}
