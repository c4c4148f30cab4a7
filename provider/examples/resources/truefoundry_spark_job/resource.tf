resource "truefoundry_spark_job" "example" {
  name          = "aggregate"
  driver_config = {}
  entrypoint = {
    python = {
      main_application_file = "local:///app/aggregate.py"
    }
  }
  executor_config = {
    instances = {
      fixed = {}
    }
  }
  image = {
    spark_image = {
      image_uri = "registry.acme.com/aggregate:1.0.0"
    }
  }
  workspace_fqn = "prod:search"
}
