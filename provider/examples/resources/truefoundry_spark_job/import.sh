terraform import truefoundry_spark_job.example 'prod:search:aggregate'
