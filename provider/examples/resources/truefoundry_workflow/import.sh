terraform import truefoundry_workflow.train 'prod:search:train'
