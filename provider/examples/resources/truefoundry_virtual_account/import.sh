terraform import truefoundry_virtual_account.ci 'ci'
