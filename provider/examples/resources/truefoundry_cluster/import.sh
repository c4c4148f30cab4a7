terraform import truefoundry_cluster.prod 'prod'
