list "truefoundry_spark_job" "all" {
  provider = truefoundry
}
