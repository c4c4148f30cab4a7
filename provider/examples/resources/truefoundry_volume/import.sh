terraform import truefoundry_volume.models 'prod:search:models'
