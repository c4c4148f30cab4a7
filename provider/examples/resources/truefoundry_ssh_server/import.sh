terraform import truefoundry_ssh_server.dev 'prod:search:dev-ada'
