terraform import truefoundry_job.reindex 'prod:search:reindex'
