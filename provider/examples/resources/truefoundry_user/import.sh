terraform import truefoundry_user.lin 'lin@acme.com'
